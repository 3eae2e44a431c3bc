#include "agent/base/iso_time.h"

#include <algorithm>
#include <charconv>

namespace cal {

using std::chrono::minutes;
using std::chrono::seconds;

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool TimeScanner::skip(std::string_view wanted) {
  if (!rest_.starts_with(wanted)) return false;
  rest_.remove_prefix(wanted.size());
  return true;
}

bool TimeScanner::skip_any_of(std::string_view characters) {
  if (rest_.empty() || characters.find(rest_.front()) == characters.npos) return false;
  rest_.remove_prefix(1);
  return true;
}

std::optional<int> TimeScanner::digits(std::size_t width) {
  const auto part = rest_.substr(0, width);
  if (part.size() < width || !std::ranges::all_of(part, is_digit)) return std::nullopt;
  int value = 0;
  for (const char c : part) value = value * 10 + (c - '0');
  rest_.remove_prefix(width);
  return value;
}

std::optional<std::int64_t> TimeScanner::integer() {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
  if (error != std::errc{}) return std::nullopt;
  rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
  return value;
}

std::optional<std::chrono::sys_days> TimeScanner::date(std::string_view separator) {
  const auto year = digits(4);
  if (!year || !skip(separator)) return std::nullopt;
  const auto month = digits(2);
  if (!month || !skip(separator)) return std::nullopt;
  const auto day = digits(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day calendar(std::chrono::year(*year),
                                             std::chrono::month(static_cast<unsigned>(*month)),
                                             std::chrono::day(static_cast<unsigned>(*day)));
  return calendar.ok() ? std::optional(std::chrono::sys_days(calendar)) : std::nullopt;
}

std::optional<seconds> TimeScanner::time_of_day(std::string_view separator) {
  const auto hour = digits(2);
  if (!hour || !skip(separator)) return std::nullopt;
  const auto minute = digits(2);
  if (!minute) return std::nullopt;
  std::optional<int> second = 0;
  if (separator.empty() || skip(separator)) second = digits(2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return std::chrono::hours(*hour) + minutes(*minute) + seconds(*second);
}

std::chrono::nanoseconds TimeScanner::fraction() {
  std::int64_t fraction = 0;
  if (!skip_any_of(".,")) return std::chrono::nanoseconds(fraction);
  for (std::int64_t unit = 100'000'000; !rest_.empty() && is_digit(rest_.front()); unit /= 10) {
    fraction += (rest_.front() - '0') * unit;
    rest_.remove_prefix(1);
  }
  return std::chrono::nanoseconds(fraction);
}

std::optional<minutes> TimeScanner::zone() {
  skip(" ");
  if (at_end() || skip_any_of("Zz")) return minutes(0);
  const bool west = skip("-");
  if (!west && !skip("+")) return std::nullopt;
  const auto hour = digits(2);
  skip(":");
  const auto minute = digits(2);
  if (!hour || !minute || *hour > 15 || *minute > 59) return std::nullopt;
  const minutes offset = std::chrono::hours(*hour) + minutes(*minute);
  return west ? -offset : offset;
}

std::optional<IsoTime> parse_iso_time(std::string_view text) {
  TimeScanner scanner(text);
  const auto day = scanner.date("-");
  if (!day) return std::nullopt;
  if (scanner.at_end()) return IsoTime{.at = *day, .whole_day = true};
  if (!scanner.skip_any_of("Tt ")) return std::nullopt;
  const auto time = scanner.time_of_day(":");
  if (!time) return std::nullopt;
  IsoTime found{.at = *day + *time};
  found.fraction = scanner.fraction();
  const auto zone = scanner.zone();
  if (!zone || !scanner.at_end()) return std::nullopt;
  found.at -= *zone;
  return found;
}

SystemTime clamped(std::chrono::sys_seconds time) {
  constexpr auto last = std::chrono::floor<seconds>(SystemTime::max());
  return SystemTime(std::clamp(time, std::chrono::sys_seconds(), last));
}

}  // namespace cal
