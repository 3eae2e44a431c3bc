#include "probes/winlog/event_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace cal::winlog {

namespace {

using namespace std::chrono;

constexpr int first_year = 1970;
constexpr int last_year = 2200;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes `count` digits from the front.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count || !std::ranges::all_of(text.substr(0, count), is_digit)) return {};
  int number = 0;
  for (const char c : text.substr(0, count)) number = number * 10 + (c - '0');
  text.remove_prefix(count);
  return number;
}

bool take(std::string_view& text, std::string_view one_of) {
  if (text.empty() || one_of.find(text.front()) == one_of.npos) return false;
  text.remove_prefix(1);
  return true;
}

nanoseconds take_fraction(std::string_view& text) {
  std::int64_t fraction = 0;
  std::int64_t unit = 1'000'000'000;
  while (!text.empty() && is_digit(text.front())) {
    unit /= 10;  // becomes 0: digits past the ninth do not count
    fraction += (text.front() - '0') * unit;
    text.remove_prefix(1);
  }
  return nanoseconds{fraction};
}

// What has to be taken from a local time to get UTC.
std::optional<minutes> take_zone(std::string_view& text) {
  take(text, " ");
  if (text.empty() || take(text, "Zz")) return minutes{0};
  const bool west = text.front() == '-';
  if (!take(text, "+-")) return std::nullopt;
  const auto hour = take_digits(text, 2);
  take(text, ":");
  const auto minute = take_digits(text, 2);
  if (!hour || !minute || *hour > 15 || *minute > 59) return std::nullopt;
  const minutes offset = hours{*hour} + minutes{*minute};
  return west ? -offset : offset;
}

}  // namespace

std::optional<SystemTime> parse_event_time(std::string_view text) {
  const auto y = take_digits(text, 4);
  if (!y || *y < first_year || *y > last_year || !take(text, "-")) return std::nullopt;
  const auto m = take_digits(text, 2);
  if (!m || !take(text, "-")) return std::nullopt;
  const auto d = take_digits(text, 2);
  if (!d || !take(text, "Tt ")) return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)},
                            day{static_cast<unsigned>(*d)}};
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ":")) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || !take(text, ":")) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!date.ok() || !second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const auto fraction = take(text, ".,") ? take_fraction(text) : nanoseconds{0};
  const auto zone = take_zone(text);
  if (!zone || !text.empty()) return std::nullopt;
  return sys_days(date) + hours{*hour} + minutes{*minute} + seconds{*second} + fraction - *zone;
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
  // A nanosecond clock begins in 1677; nothing before 1970 is an event.
  if (since_1970 < 0) return std::nullopt;
  return SystemTime(nanoseconds{since_1970 * 100});
}

}  // namespace cal::winlog
