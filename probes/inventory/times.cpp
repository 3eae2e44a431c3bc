#include "probes/inventory/times.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace cal::inventory {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using SecondsTime = std::chrono::sys_time<seconds>;

// Takes a text apart from its front; each step says whether it fitted.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  bool skip(std::string_view wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }

  bool skip_any_of(std::string_view wanted) {
    if (rest_.empty() || wanted.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Exactly `width` digits.
  std::optional<int> digits(std::size_t width) {
    if (rest_.size() < width) return std::nullopt;
    int value = 0;
    for (const char c : rest_.substr(0, width)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(width);
    return value;
  }

  std::optional<std::int64_t> integer() {
    std::int64_t value = 0;
    const auto parsed = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (parsed.ec != std::errc{}) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest_.data()));
    return value;
  }

  // Parts of a second are of no use to anybody here.
  void skip_fraction() {
    if (!skip_any_of(".,")) return;
    while (skip_any_of("0123456789")) {
    }
  }

 private:
  std::string_view rest_;
};

SystemTime clamped(SecondsTime time) {
  constexpr auto last = std::chrono::floor<seconds>(SystemTime::max());
  return SystemTime(std::clamp(time, SecondsTime(), last));
}

std::optional<SecondsTime> date(Scanner& text, std::string_view separator) {
  const auto year = text.digits(4);
  if (!year || !text.skip(separator)) return std::nullopt;
  const auto month = text.digits(2);
  if (!month || !text.skip(separator)) return std::nullopt;
  const auto day = text.digits(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day calendar(std::chrono::year(*year),
                                             std::chrono::month(static_cast<unsigned>(*month)),
                                             std::chrono::day(static_cast<unsigned>(*day)));
  if (!calendar.ok()) return std::nullopt;
  return SecondsTime(std::chrono::sys_days(calendar));
}

std::optional<seconds> time_of_day(Scanner& text, std::string_view separator) {
  const auto hour = text.digits(2);
  if (!hour || !text.skip(separator)) return std::nullopt;
  const auto minute = text.digits(2);
  if (!minute) return std::nullopt;
  std::optional<int> second = 0;
  if (separator.empty() || text.skip(separator)) second = text.digits(2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return std::chrono::hours(*hour) + minutes(*minute) + seconds(*second);
}

// What to take off to get UTC.
std::optional<minutes> zone(Scanner& text) {
  if (text.at_end() || text.skip("Z")) return minutes(0);
  const bool west = text.skip("-");
  if (!west && !text.skip("+")) return std::nullopt;
  const auto hours = text.digits(2);
  text.skip(":");
  const auto rest = text.digits(2);
  if (!hours || !rest) return std::nullopt;
  const auto offset = minutes(*hours * 60 + *rest);
  return west ? -offset : offset;
}

// CIM gives three digits of minutes.
std::optional<minutes> zone_in_minutes(Scanner& text) {
  if (text.skip("Z")) return minutes(0);
  const bool west = text.skip("-");
  if (!west && !text.skip("+")) return std::nullopt;
  const auto offset = text.digits(3);
  if (!offset) return std::nullopt;
  return minutes(west ? -*offset : *offset);
}

std::optional<ExportedTime> parse_script_date(Scanner text) {
  const auto since_1970 = text.integer();
  if (!since_1970) return std::nullopt;
  // A zone behind it only says where it was written; the number is UTC.
  if (text.skip_any_of("+-") && !text.digits(4)) return std::nullopt;
  if (!text.skip(")/") || !text.at_end()) return std::nullopt;
  return ExportedTime{clamped(SecondsTime(seconds(*since_1970 / 1000)))};
}

std::optional<ExportedTime> parse_iso(Scanner text) {
  const auto day = date(text, "-");
  if (!day) return std::nullopt;
  if (text.at_end()) return ExportedTime{clamped(*day), true};
  if (!text.skip_any_of("T ")) return std::nullopt;
  const auto time = time_of_day(text, ":");
  if (!time) return std::nullopt;
  text.skip_fraction();
  const auto offset = zone(text);
  if (!offset || !text.at_end()) return std::nullopt;
  return ExportedTime{clamped(*day + *time - *offset)};
}

std::optional<ExportedTime> parse_digits(Scanner text) {
  const auto day = date(text, "");
  if (!day) return std::nullopt;
  const auto time = time_of_day(text, "");
  if (!time) return std::nullopt;
  text.skip_fraction();
  const auto offset = zone_in_minutes(text);
  if (!offset || !text.at_end()) return std::nullopt;
  return ExportedTime{clamped(*day + *time - *offset)};
}

}  // namespace

std::optional<ExportedTime> parse_time(std::string_view text) {
  Scanner scanner(text);
  if (scanner.skip("/Date(")) return parse_script_date(scanner);
  if (auto iso = parse_iso(scanner)) return iso;
  return parse_digits(scanner);
}

}  // namespace cal::inventory
