#include "probes/inventory/times.h"

#include "agent/base/text.h"
#include "tests/catch.h"

#include <string>

using namespace cal;
using namespace cal::inventory;

namespace {

std::string read(std::string_view text) {
  const auto time = parse_time(text);
  return time ? utc_text(time->at) + (time->whole_day ? " (day)" : "") : "none";
}

}  // namespace

TEST_CASE("every form of time in exports is read", "[inventory]") {
  struct Row {
    std::string_view text, time;
  };
  const auto row = GENERATE(values<Row>({
      {"2026-11-24", "2026-11-24T00:00:00Z (day)"},
      {"2026-11-24T18:40", "2026-11-24T18:40:00Z"},
      {"2026-11-24 18:40:05", "2026-11-24T18:40:05Z"},
      {"2026-11-24T18:40:05Z", "2026-11-24T18:40:05Z"},
      {"2026-11-24T18:40:05.1234567+01:00", "2026-11-24T17:40:05Z"},
      {"2026-11-24T18:40:05-0530", "2026-11-25T00:10:05Z"},
      {"/Date(1795545605000)/", "2026-11-24T18:40:05Z"},
      {"/Date(1795545605999+0100)/", "2026-11-24T18:40:05Z"},
      {"/Date(-1000)/", "1970-01-01T00:00:00Z"},
      {"20261124184005.000000+060", "2026-11-24T17:40:05Z"},
      {"20380119031407.000000-000", "2038-01-19T03:14:07Z"},
      {"20270101000000.0Z", "2027-01-01T00:00:00Z"},
      {"9999-12-31T23:59:59Z", "2262-04-11T23:47:16Z"},  // the last second of the clock
      {"/Date(9223372036854775807)/", "2262-04-11T23:47:16Z"},
      {"0001-01-01T00:00:00", "1970-01-01T00:00:00Z"},
  }));
  INFO(row.text);
  CHECK(read(row.text) == row.time);
}

TEST_CASE("an ambiguous or invalid time is refused", "[inventory]") {
  const auto* const text = GENERATE("", "03/04/2026", "3.4.2026 10:00", "2026-13-01", "2026-02-30",
                                    "2026-11-24T25:00", "2026-11-24T18:40:05+", "2026-11-24X",
                                    "2026-11-24T18:40 Uhr", "/Date(x)/", "/Date(1)", "/Date(1+1)/",
                                    "20261124", "20261124184005", "20261124184005.0+6", "now");
  INFO(text);
  CHECK(read(text) == "none");
}

TEST_CASE("dates of PowerShell's cultures are all that they may mean", "[inventory]") {
  struct Row {
    std::string_view text;
    std::string_view first_day;  // of the earliest reading
    std::string_view last_day;
  };
  const auto row = GENERATE(values<Row>({
      {"2026-11-24", "2026-11-24", "2026-11-24"},
      {"1/8/2023 12:00:00 AM", "2023-01-08", "2023-08-01"},  // en-US or en-AU
      {"12/31/2026 11:59:59 PM", "2026-12-31", "2026-12-31"},
      {"31/12/2026 23:59:59", "2026-12-31", "2026-12-31"},  // en-GB, fr-FR
      {"01.08.2023 00:00:00", "2023-08-01", "2023-08-01"},  // de-DE
      {"2023/08/01 0:00:00", "2023-08-01", "2023-08-01"},   // ja-JP
      {"01-08-2023 00:00:00", "2023-01-08", "2023-08-01"},
      {"6/6/2027", "2027-06-06", "2027-06-06"},
      {"1/8/2023 12:00:00\u202fAM", "2023-01-08", "2023-08-01"},  // PowerShell 7
      {"12/31/9999 11:59:59\u00a0PM", "2262-04-11", "2262-04-11"},
      {"9999-12-31T23:59:59.9999999-08:00", "2262-04-11", "2262-04-11"},
      {"1/1/9999", "2262-04-11", "2262-04-11"},
      {"/Date(253402300799999)/", "2262-04-11", "2262-04-11"},
      {"2026-11-24 00:00:00.9999", "2026-11-24", "2026-11-24"},
  }));
  INFO(row.text);
  const auto range = parse_time_range(row.text);
  REQUIRE(range);
  // A local time of an unknown zone is up to 14 hours from UTC, and may be on the next day there.
  const auto day = [](cal::SystemTime at) { return cal::utc_text(at).substr(0, 10); };
  const bool exact = range->earliest == range->latest;
  CHECK(day(range->earliest + std::chrono::hours(exact ? 0 : 14)) == row.first_day);
  CHECK(day(range->latest - std::chrono::hours(exact ? 0 : 14)) == row.last_day);
}

TEST_CASE("what is no date of any culture is refused", "[inventory]") {
  const auto* const text =
      GENERATE("", "never", "1/8", "1/8/23", "13/13/2026", "1/8-2023", "1/8/2023 25:00:00",
               "1/8/2023 13:00:00 PM", "1/8/2023 x", "31.2.2026", "0/1/2026", "8/1/2566 0:00:00",
               "2566-01-08 00:00:00",  // the Thai calendar
               "2566-01-08 00:00:00.9999", "2566-01-08T00:00:00.99990+00:00",
               "25660108000000.999900+000", "/Date(25340123456789012)/", "2999-09-09", "1402/10/18",
               "0001-01-01T00:00:00", "/Date(-62135596800000)/");
  INFO(text);
  CHECK_FALSE(parse_time_range(text));
}
