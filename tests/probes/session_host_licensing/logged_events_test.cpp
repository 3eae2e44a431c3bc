// The host's own events beside a finding.
#include "tests/catch.h"
#include "tests/probes/session_host_licensing/sample_farm.h"

using namespace cal;
using namespace cal::session_host_licensing;

namespace {

using Break = void (*)(SampleFarm&);

void lose_both(SampleFarm& farm) {
  farm.lose(0);
  farm.lose(1);
}

std::string evidence_of(const SampleFarm& farm) {
  std::string all;
  for (const auto& evidence : farm.judged().evidence) all += evidence.text + "\n";
  return all;
}

}  // namespace

TEST_CASE("a fault is shown with the event that the host logged about it",
          "[session_host_licensing]") {
  struct Row {
    std::string_view reason;
    Break broken;
    std::int64_t id;
    std::string_view shown;
  };
  const auto row = GENERATE(values<Row>({
      {"mode_not_set_expired", [](auto& farm) { farm.host().licensing_type = 5; }, 1069, "1069"},
      {"mode_not_set",
       [](auto& farm) {
         farm.host().licensing_type = 5;
         farm.host().days_left = 9;
       },
       1068, "1068"},
      {"no_license_server", [](auto& farm) { farm.host().specified_servers->clear(); }, 1130,
       "50282 or 1130"},
      {"license_server_unreachable", lose_both, 1131, "50283 or 1131"},
      {"status_unknown", [](auto& farm) { both_statuses(farm, 0); }, 1131, "50283 or 1131"},
      {"license_server_too_old", [](auto& farm) { both_statuses(farm, 4); }, 1132, "50284 or 1132"},
      {"host_not_authorized", [](auto& farm) { both_statuses(farm, 5); }, 1043, "50195 or 1043"},
      {"wrong_cal_kind",
       [](auto& farm) {
         both_servers(farm, [](auto& server) {
           server.key_packs->packs.erase(server.key_packs->packs.begin());
         });
       },
       1004, "1004"},
      {"no_fitting_cals",
       [](auto& farm) {
         both_servers(farm, [](auto& server) { server.key_packs->packs.clear(); });
       },
       1004, "1004"},
  }));
  CAPTURE(row.reason);
  SampleFarm farm;
  row.broken(farm);
  const auto without = evidence_of(farm);
  farm.host().events = {{{row.id, now - hours(2), 3}}};
  const auto outcome = farm.judged();
  CHECK(outcome.reason->word == row.reason);
  CHECK_THAT(evidence_of(farm), Catch::Contains(fmt::format("; it logged event {} 3 times, last at "
                                                            "2026-11-26 06:00:00 UTC",
                                                            row.shown)));
  farm.host().events = {{{row.id, now - hours(25)}}};  // no longer of this day
  CHECK(evidence_of(farm) == without);
}

TEST_CASE("an event about another fault is not shown beside it", "[session_host_licensing]") {
  SampleFarm farm;
  both_statuses(farm, 5);
  farm.host().events = {{{1130, now - hours(2)}}};
  CHECK_THAT(evidence_of(farm), !Catch::Contains("logged event"));
}

TEST_CASE("a licensed host says what it logged about license servers within the hour",
          "[session_host_licensing]") {
  const std::int64_t id = GENERATE(1043, 1130, 1131, 1132);
  SampleFarm farm;
  farm.host().events = {{{id, now - minutes(10)}}};
  CHECK(farm.judged().reason->word == "licensed");
  CHECK_THAT(evidence_of(farm),
             Catch::Contains(fmt::format("gets a license from LS1; but it logged event {} or {}, "
                                         "last at 2026-11-26 07:50:00 UTC",
                                         id + 49152, id)));
  farm.host().events = {{{id, now - minutes(61)}}};
  CHECK_THAT(evidence_of(farm), !Catch::Contains("logged event"));
}
