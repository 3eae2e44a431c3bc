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
