#include "probes/inventory/times.h"

#include "agent/base/iso_time.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace cal::inventory {

namespace {

using std::chrono::minutes;

// CIM gives the offset as three digits of minutes.
std::optional<minutes> zone_in_minutes(TimeScanner& text) {
  if (text.skip("Z")) return minutes(0);
  const bool west = text.skip("-");
  if (!west && !text.skip("+")) return std::nullopt;
  const auto offset = text.digits(3);
  if (!offset) return std::nullopt;
  return minutes(west ? -*offset : *offset);
}

// A time as it is written, which the clock may be unable to hold.
struct WrittenTime {
  std::chrono::sys_seconds at;
  bool whole_day = false;
};

std::optional<WrittenTime> parse_script_date(TimeScanner text) {
  const auto since_1970 = text.integer();
  if (!since_1970) return std::nullopt;
  // A zone after the number only says where it was written; the number is UTC.
  if (text.skip_any_of("+-") && !text.digits(4)) return std::nullopt;
  if (!text.skip(")/") || !text.at_end()) return std::nullopt;
  return WrittenTime{std::chrono::sys_seconds(std::chrono::seconds(*since_1970 / 1000))};
}

std::optional<WrittenTime> parse_digits(TimeScanner text) {
  const auto day = text.date("");
  if (!day) return std::nullopt;
  const auto time = text.time_of_day("");
  if (!time) return std::nullopt;
  text.fraction();
  const auto offset = zone_in_minutes(text);
  if (!offset || !text.at_end()) return std::nullopt;
  return WrittenTime{*day + *time - *offset};
}

std::optional<WrittenTime> parse_written(std::string_view text) {
  TimeScanner scanner(text);
  if (scanner.skip("/Date(")) return parse_script_date(scanner);
  // Parts of a second are of no use to anybody here.
  if (const auto iso = parse_iso_time(text)) return WrittenTime{iso->at, iso->whole_day};
  return parse_digits(scanner);
}

// The furthest that a local time is from UTC.
constexpr std::chrono::hours longest_offset{14};

// Three numbers with the same separator between them: "1/8/2023".
struct DateParts {
  std::array<int, 3> numbers{};
  char separator = 0;
};

std::optional<DateParts> take_date_parts(TimeScanner& text) {
  DateParts parts;
  for (std::size_t i = 0; i < parts.numbers.size(); ++i) {
    if (i == 1) {
      for (const char separator : {'/', '.', '-'}) {
        if (text.skip({&separator, 1})) parts.separator = separator;
      }
    }
    if (i == 1 && parts.separator == 0) return std::nullopt;
    if (i == 2 && !text.skip({&parts.separator, 1})) return std::nullopt;
    const auto number = text.integer();
    if (!number || *number < 1 || *number > 9999) return std::nullopt;
    parts.numbers[i] = static_cast<int>(*number);
  }
  return parts;
}

// " 12:00:00 AM", " 0:00:00", or nothing.
std::optional<std::chrono::seconds> take_culture_time(TimeScanner& text) {
  if (text.at_end()) return std::chrono::seconds(0);
  if (!text.skip(" ")) return std::nullopt;
  std::array<std::int64_t, 3> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0 && !text.skip(":")) break;
    const auto number = text.integer();
    if (!number || *number < 0 || *number > 59) return std::nullopt;
    numbers[i] = *number;
  }
  auto hour = numbers[0];
  if (text.skip(" ")) {
    const bool afternoon = text.skip("PM") || text.skip("pm");
    if (!afternoon && !text.skip("AM") && !text.skip("am")) return std::nullopt;
    if (hour < 1 || hour > 12) return std::nullopt;
    hour = hour % 12 + (afternoon ? 12 : 0);
  }
  if (hour > 23 || !text.at_end()) return std::nullopt;
  return std::chrono::seconds((hour * 60 + numbers[1]) * 60 + numbers[2]);
}

std::vector<std::chrono::sys_days> days_of(const DateParts& parts) {
  const auto [first, second, third] = parts.numbers;
  std::vector<std::chrono::sys_days> days;
  const auto add = [&](int year, int month, int day) {
    const auto date = std::chrono::year(year) / month / day;
    if (date.ok()) days.emplace_back(date);
  };
  if (first > 99) {
    add(first, second, third);
  } else if (third > 99) {
    add(third, second, first);
    if (parts.separator != '.') add(third, first, second);
  }
  return days;
}

// PowerShell 7 has a narrow no-break space before AM, other programs a no-break space.
std::string with_plain_spaces(std::string_view text) {
  std::string plain(text);
  for (const std::string_view space : {"\u202f", "\u00a0"}) {
    for (auto at = plain.find(space); at != plain.npos; at = plain.find(space, at)) {
      plain.replace(at, space.size(), " ");
    }
  }
  return plain;
}

struct WrittenRange {
  std::chrono::sys_seconds earliest;
  std::chrono::sys_seconds latest;
};

bool is_of_our_time(const WrittenRange& range) {
  using std::chrono::sys_days, std::chrono::year;
  constexpr sys_days first(year(1990) / 1 / 1);
  constexpr sys_days end(year(2101) / 1 / 1);
  // The year 9999, in any zone.
  constexpr std::chrono::sys_seconds forever = sys_days(year(9999) / 1 / 1) - longest_offset;
  constexpr std::chrono::sys_seconds after = sys_days(year(10000) / 1 / 1) + longest_offset;
  return (range.earliest >= first && range.latest < end) ||
         (range.earliest >= forever && range.latest < after);
}

std::optional<WrittenRange> range_of(std::string_view text) {
  if (const auto exact = parse_written(text)) return WrittenRange{exact->at, exact->at};
  TimeScanner scanner(text);
  const auto parts = take_date_parts(scanner);
  if (!parts) return std::nullopt;
  const auto time = take_culture_time(scanner);
  const auto days = days_of(*parts);
  if (!time || days.empty()) return std::nullopt;
  const auto [first, last] = std::ranges::minmax(days);
  return WrittenRange{first + *time - longest_offset, last + *time + longest_offset};
}

}  // namespace

std::optional<TimeRange> parse_time_range(std::string_view text) {
  const auto range = range_of(with_plain_spaces(text));
  if (!range || !is_of_our_time(*range)) return std::nullopt;
  return TimeRange{clamped(range->earliest), clamped(range->latest)};
}

std::optional<ExportedTime> parse_time(std::string_view text) {
  const auto written = parse_written(text);
  if (!written) return std::nullopt;
  return ExportedTime{clamped(written->at), written->whole_day};
}

}  // namespace cal::inventory
