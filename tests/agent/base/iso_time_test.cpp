#include "agent/base/iso_time.h"

#include "tests/catch.h"

#include <chrono>

using namespace cal;
using namespace std::chrono_literals;

namespace {

constexpr auto at_18_40 = std::chrono::sys_days(2026y / 11 / 24) + 18h + 40min;

}  // namespace

TEST_CASE("the forms of one time are the same time", "[time]") {
  const auto* text =
      GENERATE("2026-11-24T18:40", "2026-11-24 18:40:00", "2026-11-24T18:40:00Z",
               "2026-11-24t18:40:00z", "2026-11-24T18:40:00.000+00:00", "2026-11-24T19:40:00+01:00",
               "2026-11-24 13:10:00 -0530", "2026-11-24T18:39:60Z");
  INFO(text);
  const auto time = parse_iso_time(text);
  REQUIRE(time);
  CHECK(time->at == at_18_40);
  CHECK_FALSE(time->whole_day);
}

TEST_CASE("a date alone is a day, and a fraction is kept", "[time]") {
  CHECK(parse_iso_time("2026-11-24")->whole_day);
  CHECK(parse_iso_time("2026-11-24T18:40:00,1234567899Z")->fraction == 123'456'789ns);
  CHECK(parse_iso_time("2024-02-29"));
}

TEST_CASE("what is not a time is empty", "[time]") {
  const auto* text =
      GENERATE("", "2026", "2026-1-1", "2026-02-29", "2026-13-01", "2026-11-24T",
               "2026-11-24X18:40", "2026-11-24T24:00", "2026-11-24T18:60", "2026-11-24T18:40:61",
               "2026-11-24T18:40:", "2026-11-24T18:40+1", "2026-11-24T18:40+16:00",
               "2026-11-24T18:40 CET", "-026-11-24", "20261124");
  INFO(text);
  CHECK_FALSE(parse_iso_time(text));
}

TEST_CASE("times outside the range of the clock become its limits", "[time]") {
  CHECK(clamped(parse_iso_time("0001-01-01")->at) == SystemTime());
  CHECK(clamped(parse_iso_time("9999-12-31")->at) <= SystemTime::max());
  CHECK(clamped(at_18_40) == at_18_40);
}
