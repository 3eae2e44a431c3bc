// Times as programs write them: the parts of ISO 8601, which the readers of every format share.
// Pure.
#pragma once

#include "agent/base/clock.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cal {

// Takes a text apart from its front. A step that does not fit is empty or false; what it took
// before it noticed is lost.
class TimeScanner {
 public:
  explicit TimeScanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool skip(std::string_view wanted);
  bool skip_any_of(std::string_view characters);  // one of them

  std::optional<int> digits(std::size_t width);  // exactly so many
  std::optional<std::int64_t> integer();

  // "2026-11-24" with the separator "-", "20261124" with an empty one.
  std::optional<std::chrono::sys_days> date(std::string_view separator);
  // "18:40:05", also "18:40" where there is a separator. A leap second is the next second.
  std::optional<std::chrono::seconds> time_of_day(std::string_view separator);
  // ".1234567" or ",5"; digits after the ninth do not count. Zero without one.
  std::chrono::nanoseconds fraction();
  // "Z", "+01:00", "-0530", also after a blank; nothing means UTC. What to subtract to get UTC.
  std::optional<std::chrono::minutes> zone();

 private:
  std::string_view rest_;
};

struct IsoTime {
  std::chrono::sys_seconds at;  // UTC; may be outside of what SystemTime holds
  std::chrono::nanoseconds fraction{0};
  bool whole_day = false;  // only a date was given; `at` is its first moment
};

// 2026-11-24, 2026-11-24T18:40, 2026-11-24 18:40:05.123+01:00: with "T" or a blank, in UTC where it
// names no zone.
std::optional<IsoTime> parse_iso_time(std::string_view text);

// The nearest time from 1970 to what the clock can hold (2262).
SystemTime clamped(std::chrono::sys_seconds time);

}  // namespace cal
