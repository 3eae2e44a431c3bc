#include "agent/commands/licenses_output.h"

#include "tests/catch.h"

#include <chrono>

using namespace cal;
using namespace std::chrono_literals;

namespace {

const SystemTime now{std::chrono::sys_days{std::chrono::year(2026) / 11 / 26} + 8h};

std::vector<NetworkLicenses> sample() {
  LicenseOutlook outlook{.stock = {{"RDS Windows Server 2022", "user", 50, 62}},
                         .temporary = 4,
                         .first_week = week_of(now),
                         .ending = {3, 5}};
  outlook.pack_ends = {{"RDS Windows Server 2022", "user", 10, now + 24h * 14}};
  outlook.purchases = {{"RDS Windows Server 2022", "user", 12, std::nullopt, "too many"},
                       {"RDS Windows Server 2022", "user", 10, now + 24h * 14, "a pack ends"}};
  NetworkLicenses north{"north", "session_host_licensing",
                        std::make_shared<const LicenseOutlook>(outlook), "all is well", now - 1h};
  north.holders = LicenseHolders{{{"=cmd|' /C calc'!A0", "393218", "LS1", "20270101000000.0Z"}}};
  return {north, {"south", "license_compliance", nullptr, "there is no file", now}};
}

}  // namespace

TEST_CASE("licenses for people: the stock, the dates, what to buy, and the assumptions",
          "[licenses]") {
  const auto text = licenses_text(sample(), now).str();
  for (const auto* line :
       {"north (session_host_licensing, data from 2026-11-26 07:00:00 UTC)\n",
        "  RDS Windows Server 2022 (user): 50 installed, 62 issued, 12 too many\n",
        "  temporary licenses: 4\n", "at most 8 in 7 days, 8 in 30, 8 in 90\n",
        "    week of 2026-11-23: 3\n", "  2026-12-10: a pack of 10 user licenses ends",
        "  Buy now: 12 user licenses of RDS Windows Server 2022 or newer (too many)\n",
        "  Buy by 2026-12-10: 10 user licenses", "ends 20270101000000.0Z\n",
        "south (license_compliance): nothing was counted: there is no file\n", "Assumptions:\n"}) {
    INFO(text);
    CHECK_THAT(text, Catch::Contains(line));
  }
}

TEST_CASE("no name makes a line of the licenses", "[licenses]") {
  auto found = sample();
  found[0].holders->holders[0].name = "alice\nFORGED";
  found[1].summary = "there is no file\nFORGED";
  for (const auto& text : {licenses_text(found, now).str(), licenses_csv(found, now).str()}) {
    INFO(text);
    CHECK_THAT(text, Catch::Contains("alice FORGED"));
    CHECK_THAT(text, !Catch::Contains("\nFORGED"));
  }
}

TEST_CASE("licenses as CSV are no formulas", "[licenses]") {
  const auto text = licenses_csv(sample(), now).str();
  CHECK_THAT(text, Catch::StartsWith("network,probe,what,edition,kind,date,licenses,name\n"));
  CHECK_THAT(text, Catch::Contains("north,session_host_licensing,over_issued,RDS Windows Server "
                                   "2022,user,2026-11-26,12,\n"));
  CHECK_THAT(text, Catch::Contains("ending_in_week,,,2026-11-30,5,\n"));
  CHECK_THAT(text, Catch::Contains(",'=cmd|' /C calc'!A0\n"));
  CHECK_THAT(text, !Catch::Contains("south"));
}

TEST_CASE("licenses as JSON have null for what is not known", "[licenses]") {
  const auto text = licenses_json(sample(), now);
  CHECK_THAT(text, Catch::Contains("\"licenses\": null"));
  CHECK_THAT(text, Catch::Contains("\"7d\": 8"));
  CHECK_THAT(text, Catch::Contains("\"by\": null"));
  CHECK_THAT(text, Catch::Contains("\"by\": \"2026-12-10T08:00:00Z\""));
}
