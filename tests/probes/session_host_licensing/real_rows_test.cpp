// Key packs of real servers, as people published them (Checkmk's plugin, two generations of it, and
// a Nagios check), and what they are worth to session hosts of each kind and version.
#include "probes/farm/key_packs.h"
#include "tests/catch.h"
#include "tests/probes/session_host_licensing/sample_farm.h"

#include <array>
#include <map>

using namespace cal;
using namespace cal::session_host_licensing;
using farm::LicenseKind;

namespace {

using Row = std::array<const char*, 7>;

constexpr std::array columns{"KeyPackId",     "KeyPackType",    "ProductType",   "ProductVersionID",
                             "TotalLicenses", "IssuedLicenses", "ExpirationDate"};

const std::vector<Row> checkmk{
    {"13", "4", "0", "2", "-1", "100", "20380119031407.000000-000"},
    {"2", "6", "3", "0", "-1", "0", "20351231230000.000000-000"},
    {"3", "2", "0", "2", "250", "250", "20230209121549.000000-000"},
    {"14", "2", "0", "2", "1050", "731", "20380101081108.000000-000"},
    {"19", "2", "0", "2", "600", "0", "20380101083248.000000-000"},
    {"4", "2", "1", "4", "300", "0", "20380101000000.000000-000"},
    {"3", "5", "1", "6", "2000", "1", "20380101093636.000000-000"},
};
const std::vector<Row> checkmk_with_us_dates{
    {"13", "4", "0", "2", "-1", "100", "01/01/2036 00:00:00"},
    {"14", "2", "0", "2", "1050", "731", "01/08/2023 00:00:00"},
    {"3", "5", "1", "6", "2000", "1", "01/01/2031 00:00:00"},
};
const std::vector<Row> nagios{
    {"2", "6", "3", "0", "4294967295", "0", "20351231230000.000000-000"},
    {"3", "2", "1", "2", "20", "0", "20380101010000.000000-000"},
    {"4", "2", "1", "4", "20", "11", "20380101010000.000000-000"},
    {"10", "7", "1", "4", "0", "0", "20380119031407.000000-000"},
};

constexpr std::int64_t build_2008_r2 = 7601;
constexpr std::int64_t build_2012_r2 = 9600;
constexpr std::int64_t build_2019 = 17763;
constexpr std::int64_t build_2022 = 20348;
constexpr std::int64_t per_device = 2;
constexpr std::int64_t per_user = 4;

Outcome judged(const std::vector<Row>& rows, std::int64_t build, std::int64_t mode) {
  farm::KeyPacks packs;
  farm::KeyPackReader reader;
  for (const auto& row : rows) {
    std::map<std::string, std::string> values;
    for (std::size_t i = 0; i < row.size(); ++i) values[columns.at(i)] = row.at(i);
    farm::add_key_pack(
        reader, [&](const char* name) { return values[name]; }, packs);
  }
  SampleFarm farm;
  farm.host().os_build = build;
  farm.host().licensing_type = mode;
  both_servers(farm, [&](auto& server) { server.key_packs = packs; });
  return farm.judged();
}

}  // namespace

TEST_CASE("the key packs of real servers give their hosts the right verdict",
          "[session_host_licensing]") {
  struct Case {
    const std::vector<Row>& rows;
    std::int64_t build;
    std::int64_t mode;
    std::string_view reason;
    std::string text;  // of the host
  };
  for (const auto& [rows, build, mode, reason, text] : std::vector<Case>{
           // The pack that ended in 2023 does not count, nor do temporary and built-in ones.
           {checkmk, build_2008_r2, per_device, "licensed",
            "1650 per device licenses of version 2008 or newer, 731 of them issued"},
           {checkmk, build_2012_r2, per_user, "licensed",
            "2300 per user licenses of version 2012 or newer, 1 of them issued"},
           {checkmk, build_2019, per_user, "licensed",
            "2000 per user licenses of version 2019 or newer, 1 of them issued"},
           {checkmk, build_2012_r2, per_device, "wrong_cal_kind",
            "each of LS1, LS2 has no per device licenses of version 2012, only per user ones"},
           {checkmk, build_2022, per_user, "no_fitting_cals",
            "each of LS1, LS2 has no per user licenses of version 2022 or newer"},
           // January or August of 2023: over in both.
           {checkmk_with_us_dates, build_2008_r2, per_device, "pack_expired",
            "the per device licenses of version 2008 on each of LS1, LS2 have expired"},
           {checkmk_with_us_dates, build_2019, per_user, "licensed", "2000 per user licenses"},
           {nagios, build_2008_r2, per_user, "licensed", "40 per user licenses"},
           {nagios, build_2012_r2, per_user, "licensed", "20 per user licenses"},
           {nagios, build_2008_r2, per_device, "wrong_cal_kind",
            "each of LS1, LS2 has no per device licenses"},
       }) {
    const auto outcome = judged(rows, build, mode);
    INFO(outcome.evidence.back().text);
    CHECK(outcome.reason->word == reason);
    CHECK_THAT(outcome.evidence.back().text, Catch::Contains(text));
  }
}
