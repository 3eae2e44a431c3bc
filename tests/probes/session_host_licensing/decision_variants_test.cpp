// Variants of the rows of the decision table: within the grace period, by another status or event,
// and what nearly is a fault.
#include "tests/catch.h"
#include "tests/probes/session_host_licensing/sample_farm.h"

#include <functional>

using namespace cal;
using namespace cal::session_host_licensing;
using namespace std::chrono_literals;
using farm::LicenseKind;

namespace {

using Break = std::function<void(SampleFarm&)>;

const std::string in_grace_until = "Nobody is refused yet; users are refused from 2026-12-05 on.";

void in_workgroup(SampleFarm& farm) {
  farm.host().licensing_type = 2;
  farm.host().domain = "";
}

void with_packs(SampleFarm& farm, const farm::KeyPacks& packs) {
  both_servers(farm, [&](auto& server) { server.key_packs = packs; });
}

}  // namespace

TEST_CASE("a fault that refuses users after the grace period has its date until then",
          "[session_host_licensing]") {
  struct Case {
    std::string_view reason;
    Break broken;
  };
  for (const auto& [reason, broken] : std::vector<Case>{
           {"mode_not_set", [](auto& farm) { farm.host().licensing_type = 5; }},
           {"no_license_server", [](auto& farm) { farm.host().specified_servers->clear(); }},
           {"license_server_unreachable",
            [](auto& farm) {
              farm.lose(0);
              farm.lose(1);
            }},
           {"workgroup_auth_refused",
            [](auto& farm) {
              in_workgroup(farm);
              both_statuses(farm, 6);
            }},
           {"workgroup_auth_refused",
            [](auto& farm) {
              in_workgroup(farm);
              both_statuses(farm, 7);
            }},
           {"host_not_authorized", [](auto& farm) { both_statuses(farm, 5); }},
           {"license_server_too_old", [](auto& farm) { both_statuses(farm, 4); }},
           {"license_server_incompatible", [](auto& farm) { both_statuses(farm, 3); }},
           {"license_server_incompatible", [](auto& farm) { both_statuses(farm, 10); }},
       }) {
    SampleFarm farm;
    broken(farm);
    INFO(reason);
    // Only the mode has two reasons.
    const auto past = reason == "mode_not_set" ? "mode_not_set_expired" : reason;
    CHECK(farm.judged().reason->word == past);
    CHECK(severity_of(farm.judged()) == Severity::critical);
    farm.host().days_left = 9;
    const auto outcome = farm.judged();
    CHECK(outcome.reason->word == reason);
    CHECK(severity_of(outcome) == Severity::warning);
    CHECK_THAT(outcome.summary, Catch::Contains(in_grace_until));
  }
}

TEST_CASE("a server that answers that it does not suit the host", "[session_host_licensing]") {
  SampleFarm farm;
  both_statuses(farm, 10);
  CHECK(farm.judged().summary ==
        "Session host RDSH1 refuses users (data from 07:55 UTC). LS1 and LS2 answer that they do "
        "not suit the hosts; no other server is listed. It is not known "
        "why: their versions of Windows fit. Compare the builds and updates of Windows of RDSH1 "
        "with those of LS1 and LS2. Administrators still get in with mstsc /admin.");
}

TEST_CASE("other evidence for the same reason, and what nearly is a fault",
          "[session_host_licensing]") {
  struct Case {
    std::string what;
    std::string_view reason;
    Break broken;
  };
  for (const auto& [what, reason, broken] : std::vector<Case>{
           {"6b: a newer pack serves an older host", "licensed",
            [](auto& farm) { with_packs(farm, {{pack(LicenseKind::user, 8, 10, 1)}}); }},
           {"6b: a pack of 0", "no_fitting_cals",
            [](auto& farm) { with_packs(farm, {{pack(LicenseKind::user, 7, 0, 0)}}); }},
           {"7: one free license of a newer version", "licensed",
            [](auto& farm) {
              farm.host().licensing_type = 2;
              with_packs(
                  farm, {{pack(LicenseKind::device, 7, 5, 5), pack(LicenseKind::device, 8, 5, 4)}});
            }},
           {"7: none free, but a pack that is not understood", "export_incomplete",
            [](auto& farm) {
              farm.host().licensing_type = 2;
              with_packs(farm, {{pack(LicenseKind::device, 7, 5, 5)}, 0, {}, {"key pack 9: ?"}});
            }},
           {"7b: overused, and more than is free", "user_cals_over_issued",
            [](auto& farm) {
              with_packs(
                  farm,
                  {{pack(LicenseKind::user, 7, 10, 8)}, 0, {pack(LicenseKind::user, 7, 0, 3)}});
            }},
           {"7b: overused, but covered by free licenses", "licensed",
            [](auto& farm) {
              with_packs(
                  farm,
                  {{pack(LicenseKind::user, 7, 10, 7)}, 0, {pack(LicenseKind::user, 7, 0, 3)}});
            }},
           {"7c: ends in 31 days", "licensed",
            [](auto& farm) {
              both_servers(farm, [](auto& server) {
                server.key_packs->packs.front().ends = {now + 24h * 31, now + 24h * 31};
              });
            }},
           {"7c: a date that may be past or to come", "export_incomplete",
            [](auto& farm) {
              both_servers(farm, [](auto& server) {
                server.key_packs->packs.front().ends = {now - 24h, now + 24h};
              });
            }},
           {"8: a server of 2016 that is not in the group", "cals_not_recorded",
            [](auto& farm) {
              farm.host().os_build = 14393;
              farm.server().in_license_servers_group = false;
            }},
           {"8: from 2019 on, the group does not matter", "licensed",
            [](auto& farm) { farm.server().in_license_servers_group = false; }},
           {"8: per device, nothing is recorded on users", "licensed",
            [](auto& farm) {
              farm.host().licensing_type = 2;
              farm.server().events = {{4105, now - 2h}};
            }},
           {"9: the policy is on, and the host is allowed", "licensed",
            [](auto& farm) {
              both_servers(farm, [](auto& server) {
                server.security_group_policy = true;
                server.hosts = {{"rdsh1.contoso.test", true}};
              });
            }},
           {"9: the server contradicts itself", "export_incomplete",
            [](auto& farm) {
              both_servers(farm, [](auto& server) {
                server.security_group_policy = true;
                server.hosts = {{"RDSH1", true}, {"RDSH1", false}};
              });
            }},
           {"10: in grace, a host need not be registered yet", "licensed",
            [](auto& farm) {
              farm.host().certificate_present = false;
              farm.host().days_left = 9;
            }},
           {"11: by the old number, 1133", "host_certificate_bad",
            [](auto& farm) {
              farm.host().events = {{1133, now - 2h}};
            }},
           {"11: older than failure_window", "licensed",
            [](auto& farm) {
              farm.host().events = {{1133, now - 25h}};
            }},
           {"12: the same servers in another order and form", "licensed",
            [](auto& farm) {
              farm.host().policy = farm::LicensingSettings{4, {{"LS1", "LS2"}}};
              farm.host().broker = farm::LicensingSettings{4, {{"ls2.contoso.test", "ls1"}}};
            }},
           {"14: a reset eight days ago", "licensed",
            [](auto& farm) {
              farm.memory[farm::key_of(farm.host())] = {data_at, {}, 120, {}, data_at - 24h * 8};
            }},
       }) {
    SampleFarm farm;
    broken(farm);
    const auto outcome = farm.judged();
    INFO(what << ": " << outcome.summary);
    CHECK(outcome.reason->word == reason);
  }
}
