// Every finding says, in its second sentence, whether users are refused, unless the first one says
// that they are.
#include "probes/host_verdict/reasons.h"
#include "tests/catch.h"
#include "tests/probes/session_host_licensing/sample_farm.h"

#include <algorithm>
#include <functional>
#include <set>

using namespace cal;
using namespace cal::session_host_licensing;
using namespace std::chrono_literals;
using farm::LicenseKind;

namespace {

using Break = std::function<void(SampleFarm&)>;

struct Case {
  std::string_view reason;
  Break broken;
  std::string says;
};

const std::string refuse = "refuses users";
const std::string until = "Nobody is refused yet; users are refused from 2026-12-05 on.";
const std::string devices = "Nobody is refused yet; the first devices may be refused from ";
const std::string not_refused = "Users are not refused";
const std::string not_known = "It is not known whether users are refused";

void past(SampleFarm&) {}
void in_grace(SampleFarm& farm) { farm.host().days_left = 9; }
void no_days(SampleFarm& farm) { farm.host().days_left.reset(); }

Break both(Break first, Break second) {
  return [=](SampleFarm& farm) {
    first(farm);
    second(farm);
  };
}

void no_mode(SampleFarm& farm) { farm.host().licensing_type = 5; }
void no_list(SampleFarm& farm) { farm.host().specified_servers->clear(); }
void no_reach(SampleFarm& farm) {
  farm.lose(0);
  farm.lose(1);
}
void workgroup(SampleFarm& farm) { farm.host().domain = ""; }
void anonymous(SampleFarm& farm) {
  farm.host().licensing_type = 2;
  workgroup(farm);
  both_statuses(farm, 6);
}
void per_device(SampleFarm& farm) { farm.host().licensing_type = 2; }
void not_activated(SampleFarm& farm) {
  both_servers(farm, [](auto& server) { server.activation_status = 1; });
}
Break packs(std::vector<farm::KeyPack> given) {
  return [=](SampleFarm& farm) {
    both_servers(farm, [&](auto& server) { server.key_packs->packs = given; });
  };
}
void dated(SampleFarm& farm) {
  both_servers(farm, [](auto& server) {
    server.issued = {{LicenseKind::device, 7, 1, day(2026, 12, 14), 3}};
  });
}
farm::KeyPack ended(LicenseKind kind, SystemTime at) {
  auto one = pack(kind, 7, 50, 20);
  one.ends = inventory::TimeRange{at, at};
  return one;
}
Break event(std::int64_t id, std::optional<std::int64_t> clients = std::nullopt) {
  return [=](SampleFarm& farm) {
    farm.host().events = {{farm::event_id(id), now - 30min, 1, clients}};
  };
}
Break status(std::int64_t number) {
  return [=](SampleFarm& farm) { both_statuses(farm, number); };
}

std::vector<Case> cases() {
  const auto user_packs = packs({pack(LicenseKind::user, 7, 50, 20)});
  const auto no_packs = packs({});
  return {
      {"mode_not_set_expired", no_mode, refuse},
      {"mode_not_set", both(no_mode, in_grace), until},
      {"mode_not_set", both(no_mode, no_days), not_known + ": "},
      {"no_license_server", no_list, refuse},
      {"no_license_server", both(no_list, in_grace), until},
      {"no_license_server", both(no_list, no_days), not_known + ": "},
      {"license_server_unreachable", no_reach, refuse},
      {"license_server_unreachable", both(no_reach, in_grace), until},
      {"workgroup_auth_refused", anonymous, refuse},
      {"workgroup_auth_refused", both(anonymous, in_grace), until},
      {"host_not_authorized", status(5), refuse},
      {"host_not_authorized", both(status(5), in_grace), until},
      {"license_server_too_old", status(4), refuse},
      {"license_server_too_old", both(status(4), in_grace), until},
      {"license_server_incompatible", status(3), refuse},
      {"license_server_incompatible", both(status(3), in_grace), until},
      {"host_certificate_bad", event(50285), refuse},
      {"users_refused", event(1011), refuse},
      {"device_cals_exhausted", both(per_device, packs({pack(LicenseKind::device, 7, 5, 5)})),
       "Nobody is refused yet; a device without a license gets a temporary one for 90 days"},
      {"device_cals_exhausted",
       both(dated, both(per_device, packs({pack(LicenseKind::device, 7, 5, 5)}))), devices},
      {"pack_expired", packs({ended(LicenseKind::user, now - 24h)}), not_refused + ": per-user"},
      {"pack_expired", both(per_device, packs({ended(LicenseKind::device, now - 24h)})),
       "Nobody is refused yet; a device"},
      {"no_fitting_cals", no_packs, not_refused + ": per-user"},
      {"no_fitting_cals", both(dated, both(per_device, no_packs)), devices},
      {"wrong_cal_kind", both(per_device, user_packs), "Nobody is refused yet; a device"},
      {"license_server_not_activated", not_activated,
       not_refused + ": no refusal was logged, and per-user licenses are not enforced."},
      {"license_server_not_activated", both(not_activated, in_grace),
       "Nobody is refused yet; the grace period ends on 2026-12-05."},
      {"license_server_not_activated", both(not_activated, per_device),
       "Nobody is refused yet who uses Microsoft's client: "},
      {"license_server_not_activated", both(dated, both(not_activated, per_device)), devices},
      {"license_server_not_activated", [](auto& farm) { farm.server().activation_status = 1; },
       not_refused + ": another license server serves them."},
      {"license_server_not_activated",
       both(not_activated, [](auto& farm) { farm.host().events.reset(); }), not_known + ": "},
      {"license_server_not_activated", both(not_activated, event(1011)), refuse},
      {"per_user_in_workgroup", workgroup, not_refused + "; whether they are disconnected"},
      {"per_user_in_workgroup", both(workgroup, [](auto& farm) { farm.host().os_build = 17763; }),
       not_refused + ", but disconnected after 60 minutes."},
      {"not_registered", [](auto& farm) { farm.host().certificate_present = false; },
       not_refused + ", but for the first one after each start, once."},
      {"pack_expiring", packs({ended(LicenseKind::user, *day(2026, 12, 20))}),
       not_refused + "; licenses that they need expire on 2026-12-20."},
      {"license_server_degraded", [](auto& farm) { farm.lose(0); },
       not_refused + ": another license server serves them."},
      {"client_store_damaged", event(1003, 1), not_refused + ", but for those of one client."},
      {"export_missing", [](auto& farm) { farm.settings.roster = {{"RDSH2"}}; },
       not_known + " on RDSH2."},
      {"export_stale", [](auto& farm) { farm.host().data_at = now - 3h; },
       not_known + " on RDSH1."},
      {"export_incomplete", [](auto& farm) { farm.host().os_build.reset(); },
       not_known + " on RDSH1."},
      {"status_unknown", status(7), not_known + " on RDSH1."},
      {"server_not_exported", [](auto& farm) { farm.servers.clear(); }, not_known + " on RDSH1."},
      {"user_cals_over_issued", packs({pack(LicenseKind::user, 7, 5, 9)}), not_refused + "."},
      {"cals_not_recorded", event(50213), not_refused + "."},
      {"configuration_drift",
       [](auto& farm) {
         farm.host().policy = farm::LicensingSettings{4, {}};
         farm.host().broker = farm::LicensingSettings{2, {}};
       },
       not_refused + "."},
      {"grace_reset",
       [](auto& farm) {
         farm.memory[farm::key_of(farm.host())] = {data_at, {}, 120, {}, data_at - 24h};
       },
       not_refused + "."},
      {"licensed", past, "gives users a license"},
  };
}

// Its parts that end with a full stop and a blank.
std::string sentence(const std::string& text, std::size_t number) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < number; ++i) begin = text.find(". ", begin) + 2;
  const auto end = text.find(". ", begin);
  return end == text.npos ? text.substr(begin) : text.substr(begin, end + 1 - begin);
}

}  // namespace

TEST_CASE("every finding says in one place whether users are refused", "[session_host_licensing]") {
  for (const auto& row : cases()) {
    SampleFarm farm;
    row.broken(farm);
    const auto outcome = farm.judged();
    INFO(row.reason << ": " << outcome.summary);
    CHECK(outcome.reason->word == row.reason);
    const bool in_headline = row.says == refuse || row.reason == "licensed";
    CHECK_THAT(sentence(outcome.summary, in_headline ? 0 : 1), Catch::Contains(row.says));
    // The answer above the page has it, too.
    for (const auto& each : outcome.implications) {
      CHECK_THAT(sentence(each.sentence, in_headline ? 0 : 1), Catch::Contains(row.says));
    }
  }
}

TEST_CASE("no reason is without a sentence on refusals", "[session_host_licensing]") {
  std::set<std::string_view> tested{
      "not_applicable",     // no users are there
      "exports_missing",    // nothing is known
      "export_unreadable",  // see roll_up_test.cpp
  };
  for (const auto& row : cases()) tested.insert(row.reason);
  for (const auto& each : all_reasons) {
    INFO(each.word);
    CHECK(tested.contains(each.word));
  }
}
