// Rows 15 and 16 of the decision table, and when a host is licensed: what these cases leave
// out of the exports is never clear.
#include "tests/catch.h"
#include "tests/probes/session_host_licensing/sample_farm.h"

#include <functional>

using namespace cal;
using namespace cal::session_host_licensing;
using namespace std::chrono_literals;

namespace {

using Break = std::function<void(SampleFarm&)>;

const std::string given = "Session host RDSH1 gives users a license (data from 07:55 UTC).";

}  // namespace

TEST_CASE("rows 15 and 16: not applicable is silent, and what was not seen is unknown",
          "[session_host_licensing]") {
  for (const Break& broken : std::vector<Break>{
           [](auto& farm) { farm.host().terminal_server_mode = 0; },
           [](auto& farm) { farm.host().licensing_type = 6; },
           [](auto& farm) { farm.host().drain_mode = 2; },
           [](auto& farm) { farm.host().allow_connections = 0; },
           [](auto& farm) { farm.host().logons = 1; },
       }) {
    SampleFarm farm;
    broken(farm);
    const auto outcome = farm.judged();
    CHECK(outcome.reason->word == "not_applicable");
    CHECK(severity_of(outcome) == Severity::ok);
    CHECK(outcome.summary == "No session host accepts sessions now.");
  }
  struct Unknown {
    std::string what;
    Break broken;
    std::string_view reason;
  };
  for (const auto& [what, broken, reason] : std::vector<Unknown>{
           {"status 0", [](auto& farm) { both_statuses(farm, 0); }, "status_unknown"},
           {"status 7", [](auto& farm) { both_statuses(farm, 7); }, "status_unknown"},
           {"a status that nobody knows", [](auto& farm) { both_statuses(farm, 99); },
            "status_unknown"},
           {"a good status, collected from elsewhere",
            [](auto& farm) {
              both_statuses(farm, 11);
              farm.host().collected = farm::Collected::remote;
            },
            "status_unknown"},
           {"a good status, and who collected it is not known",
            [](auto& farm) {
              both_statuses(farm, 11);
              farm.host().collected = farm::Collected::unknown;
            },
            "status_unknown"},
           {"no status", [](auto& farm) { farm.host().contacts.reset(); }, "status_unknown"},
           {"no mode", [](auto& farm) { farm.host().licensing_type.reset(); }, "export_incomplete"},
           {"a mode that nobody knows", [](auto& farm) { farm.host().licensing_type = 7; },
            "export_incomplete"},
           {"a mode without a number of Windows",
            [](auto& farm) { farm.host().licensing_type = 4294967295; }, "export_incomplete"},
           {"per user, and the domain was not read", [](auto& farm) { farm.host().domain.reset(); },
            "export_incomplete"},
           {"no list", [](auto& farm) { farm.host().specified_servers.reset(); },
            "export_incomplete"},
           {"no export of the servers", [](auto& farm) { farm.servers.clear(); },
            "server_not_exported"},
           {"stale exports of the servers",
            [](auto& farm) { both_servers(farm, [](auto& server) { server.data_at = now - 3h; }); },
            "server_not_exported"},
           {"activation not read",
            [](auto& farm) {
              both_servers(farm, [](auto& server) { server.activation_status.reset(); });
            },
            "export_incomplete"},
           {"packs not read",
            [](auto& farm) { both_servers(farm, [](auto& server) { server.key_packs.reset(); }); },
            "export_incomplete"},
           {"a pack that is not understood may be the one",
            [](auto& farm) {
              both_servers(farm, [](auto& server) {
                server.key_packs = {{}, 0, {}, {"key pack 9: version 11 is not known"}};
              });
            },
            "export_incomplete"},
           {"build not read", [](auto& farm) { farm.host().os_build.reset(); },
            "export_incomplete"},
           {"a build that nobody knows", [](auto& farm) { farm.host().os_build = 27000; },
            "export_incomplete"},
           {"status 8, and the policy of the server was not read",
            [](auto& farm) {
              both_servers(farm, [](auto& server) { server.security_group_policy.reset(); });
            },
            "export_incomplete"},
           {"certificate not read", [](auto& farm) { farm.host().certificate_present.reset(); },
            "export_incomplete"},
           {"no certificate, and the days of grace were not read",
            [](auto& farm) {
              farm.host().certificate_present = false;
              farm.host().days_left.reset();
            },
            "export_incomplete"},
           {"neither certificate nor days of grace were read",
            [](auto& farm) {
              farm.host().certificate_present.reset();
              farm.host().days_left.reset();
            },
            "export_incomplete"},
           {"events not read", [](auto& farm) { farm.host().events.reset(); }, "export_incomplete"},
           {"events not understood", [](auto& farm) { farm.host().events_not_understood = 2; },
            "export_incomplete"},
           {"event 1003, but not of how many clients",
            [](auto& farm) {
              farm.host().events = {{1003, now - 2h, 7}};
            },
            "export_incomplete"},
           {"a stale export", [](auto& farm) { farm.host().data_at = now - 3h; }, "export_stale"},
           {"an export from the future", [](auto& farm) { farm.host().data_at = now + 3h; },
            "export_stale"},
           {"one server fails, the other was not seen",
            [](auto& farm) {
              farm.lose(0);
              farm.host().contacts->at(1).status = 0;
            },
            "status_unknown"},
       }) {
    SampleFarm farm;
    broken(farm);
    const auto outcome = farm.judged();
    INFO(what << ": " << outcome.summary);
    CHECK(outcome.reason->word == reason);
    CHECK(outcome.reason->verdict == Verdict::unknown);
  }
}

TEST_CASE("a drain mode that nobody knows does not silence a fault", "[session_host_licensing]") {
  for (const std::int64_t drain_mode : {3, -1}) {
    SampleFarm farm;
    farm.host().drain_mode = drain_mode;
    farm.host().licensing_type = 5;
    CHECK(farm.judged().reason->word == "mode_not_set_expired");
  }
}

TEST_CASE("a host that asks for per-device licenses needs no domain", "[session_host_licensing]") {
  SampleFarm farm;
  farm.host().licensing_type = 2;
  farm.host().domain.reset();
  CHECK(farm.judged().reason->word == "licensed");
}

TEST_CASE("a licensed host needs no administrator of the server, and its days do not matter",
          "[session_host_licensing]") {
  for (const auto status : {1, 2, 8, 9, 11}) {
    for (const auto days : {0, 5, 120}) {
      SampleFarm farm;
      both_statuses(farm, status);
      farm.host().days_left = days;
      const auto outcome = farm.judged();
      INFO("status " << status << ", days " << days);
      CHECK(outcome.reason->word == "licensed");
      CHECK(outcome.summary == given);
    }
  }
}

TEST_CASE("a host with a certificate is licensed without its days of grace",
          "[session_host_licensing]") {
  SampleFarm farm;
  farm.host().days_left.reset();
  CHECK(farm.judged().summary == given);
}

TEST_CASE("what was not read is named, and does not hide a fault", "[session_host_licensing]") {
  SampleFarm farm;
  farm.host().events.reset();
  farm.host().problems = {"events: access denied"};
  CHECK(farm.judged().summary ==
        "Session host RDSH1 could not be checked (data from 07:55 UTC). It is not known whether "
        "users are refused on RDSH1. RDSH1: its licensing events were not read (events: access "
        "denied).");
  farm.server(0).activation_status = 1;
  CHECK(farm.judged().reason->word == "license_server_not_activated");
  farm.host().certificate_present = false;
  CHECK(farm.judged().reason->word == "not_registered");
}

TEST_CASE("a license server's events show only whether licenses are recorded",
          "[session_host_licensing]") {
  for (const Break& broken : std::vector<Break>{
           [](auto& farm) { farm.server().events.reset(); },
           [](auto& farm) { farm.server().events_not_understood = 1; },
       }) {
    SampleFarm farm;
    broken(farm);
    const auto outcome = farm.judged();
    CHECK(outcome.summary == given);
    CHECK(outcome.evidence.back().text.ends_with(
        "gets a license from LS1; whether it is recorded in the directory is not known: the events "
        "of LS1 were not read, or not all of them were understood"));
  }
}

TEST_CASE("several clients with an invalid license are refusals, one client alone is not",
          "[session_host_licensing]") {
  SampleFarm farm;
  farm.host().events = {{1003, now - 30min, 7, 3}};
  CHECK(farm.judged().reason->word == "users_refused");
  farm.host().events = {{1003, now - 30min, 7, 1}};
  CHECK(farm.judged().reason->word == "client_store_damaged");
}

TEST_CASE("an old refusal is over when everything is right, a new one is not",
          "[session_host_licensing]") {
  SampleFarm farm;
  farm.host().events = {{1011, now - 2h}};
  CHECK(farm.judged().reason->word == "licensed");
  farm.host().events = {{1011, now - 30min}};
  CHECK(farm.judged().reason->word == "users_refused");
  CHECK(severity_of(farm.judged()) == Severity::critical);
  // A registration, or a license server that is valid, ends 50280.
  farm.host().events = {{farm::event_id(50280), now - 30min}};
  CHECK(farm.judged().reason->word == "licensed");
  farm.host().certificate_present = false;
  farm.host().days_left = 3;
  CHECK(farm.judged().reason->word == "users_refused");
  both_statuses(farm, 11);
  CHECK(farm.judged().reason->word == "licensed");
}
