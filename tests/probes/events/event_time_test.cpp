#include "probes/events/event_time.h"

#include "tests/catch.h"
#include "tests/probes/winlog/sample_events.h"

using namespace cal::winlog;
using namespace cal::winlog::samples;

TEST_CASE("every form of a time gives the same moment", "[winlog][time]") {
  const auto* text = GENERATE("2026-11-24T10:00:00Z", "2026-11-24 10:00:00",
                              "2026-11-24T10:00:00.000000000Z", "2026-11-24T11:00:00+01:00",
                              "2026-11-24 11:00:00 +0100", "2026-11-23T22:30:00.0-11:30",
                              "2026-11-24t10:00:00,0z", "2026-11-24T10:00:00.00000000000000000");
  INFO(text);
  CHECK(parse_event_time(text) == ten_o_clock);
}

TEST_CASE("fractions count to the nanosecond", "[winlog][time]") {
  CHECK(parse_event_time("2026-11-24T10:00:00.1234567Z") == ten_o_clock + 123'456'700ns);
  CHECK(parse_event_time("2026-11-24T10:00:00.5Z") == ten_o_clock + 500ms);
  CHECK(parse_event_time("2026-11-24T10:00:00.0000000019Z") == ten_o_clock + 1ns);
}

TEST_CASE("a text that is not a time is refused", "[winlog][time]") {
  const auto* text =
      GENERATE("", "2026", "2026-11-24", "2026-13-24T10:00:00Z", "2026-02-30T10:00:00Z",
               "2026-11-24T24:00:00Z", "2026-11-24T10:60:00Z", "2026-11-24T10:00:61Z",
               "2026-11-24T10:00:00Zx", "2026-11-24T10:00:00+1", "2026-11-24T10:00:00+99:00",
               "1969-12-31T23:59:59Z", "9999-01-01T00:00:00Z", "24.11.2026 10:00:00",
               "-026-11-24T10:00:00Z");
  INFO(text);
  CHECK_FALSE(parse_event_time(text));
}

TEST_CASE("a time that is written is read back unchanged", "[winlog][time]") {
  CHECK(event_time_text(ten_o_clock + 123'456'700ns) == "2026-11-24T10:00:00.123456700Z");
  CHECK(parse_event_time(event_time_text(ten_o_clock + 1ns)) == ten_o_clock + 1ns);
}

TEST_CASE("file times count from 1601", "[winlog][time]") {
  CHECK(from_filetime(116'444'736'000'000'000 + 17'955'144'000'000'000) == ten_o_clock);
  CHECK_FALSE(from_filetime(0));
  CHECK_FALSE(from_filetime(UINT64_MAX));
}
