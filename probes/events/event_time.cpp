#include "probes/events/event_time.h"

#include "agent/base/iso_time.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>

namespace cal::winlog {

using namespace std::chrono;

namespace {

// "/Date(1795597200123)/", as Windows PowerShell writes times.
std::optional<SystemTime> parse_milliseconds(TimeScanner text) {
  const auto since_1970 = text.integer();
  if (!since_1970 || !text.skip(")/") || !text.at_end()) return std::nullopt;
  constexpr std::int64_t year_2200 = 7'258'118'400'000;
  if (*since_1970 < 0 || *since_1970 > year_2200) return std::nullopt;
  return SystemTime(milliseconds(*since_1970));
}

}  // namespace

std::optional<SystemTime> parse_event_time(std::string_view text) {
  if (TimeScanner scanner(text); scanner.skip("/Date(")) return parse_milliseconds(scanner);
  constexpr sys_seconds first = sys_days(1970y / 1 / 1);
  constexpr sys_seconds end = sys_days(2201y / 1 / 1);
  const auto time = parse_iso_time(text);
  if (!time || time->whole_day || time->at < first || time->at >= end) return std::nullopt;
  return time->at + time->fraction;
}

std::string event_time_text(SystemTime time) {
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss<nanoseconds> clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

std::optional<SystemTime> from_filetime(std::uint64_t ticks) {
  constexpr std::uint64_t ticks_to_1970 = 116'444'736'000'000'000;
  constexpr std::uint64_t ticks_to_2200 = 189'027'648'000'000'000;
  if (ticks > ticks_to_2200) return std::nullopt;
  const auto since_1970 = static_cast<std::int64_t>(ticks - ticks_to_1970);
  // A nanosecond clock begins in 1677; no event is older than 1970.
  if (since_1970 < 0) return std::nullopt;
  return SystemTime(nanoseconds{since_1970 * 100});
}

}  // namespace cal::winlog
