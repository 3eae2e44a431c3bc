#include "probes/inventory/times.h"

#include "agent/base/iso_time.h"

#include <chrono>

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

std::optional<ExportedTime> parse_script_date(TimeScanner text) {
  const auto since_1970 = text.integer();
  if (!since_1970) return std::nullopt;
  // A zone after the number only says where it was written; the number is UTC.
  if (text.skip_any_of("+-") && !text.digits(4)) return std::nullopt;
  if (!text.skip(")/") || !text.at_end()) return std::nullopt;
  return ExportedTime{clamped(std::chrono::sys_seconds(std::chrono::seconds(*since_1970 / 1000)))};
}

std::optional<ExportedTime> parse_digits(TimeScanner text) {
  const auto day = text.date("");
  if (!day) return std::nullopt;
  const auto time = text.time_of_day("");
  if (!time) return std::nullopt;
  text.fraction();
  const auto offset = zone_in_minutes(text);
  if (!offset || !text.at_end()) return std::nullopt;
  return ExportedTime{clamped(*day + *time - *offset)};
}

}  // namespace

std::optional<ExportedTime> parse_time(std::string_view text) {
  TimeScanner scanner(text);
  if (scanner.skip("/Date(")) return parse_script_date(scanner);
  // Parts of a second are of no use to anybody here.
  if (const auto iso = parse_iso_time(text)) return ExportedTime{clamped(iso->at), iso->whole_day};
  return parse_digits(scanner);
}

}  // namespace cal::inventory
