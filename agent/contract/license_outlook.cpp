#include "agent/contract/license_outlook.h"

namespace cal {

SystemTime week_of(SystemTime at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const auto since_monday = std::chrono::weekday(day) - std::chrono::Monday;
  return day - since_monday;
}

std::int64_t ending_within(const LicenseOutlook& outlook, SystemTime now,
                           std::chrono::days horizon) {
  std::int64_t sum = 0;
  auto week = outlook.first_week;
  for (const auto count : outlook.ending) {
    if (week < now + horizon) sum += count;
    week += std::chrono::weeks(1);
  }
  return sum;
}

}  // namespace cal
