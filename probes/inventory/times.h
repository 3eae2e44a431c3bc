// Times as exports write them. Pure.
#pragma once

#include "agent/base/clock.h"

#include <optional>
#include <string_view>

namespace cal::inventory {

struct ExportedTime {
  SystemTime at;
  bool whole_day = false;  // only a date was given; `at` is its first moment
};

// Known forms, in UTC if they have no zone:
//   2026-11-24, 2026-11-24T18:40, 2026-11-24 18:40:05.123+01:00, ..Z   (ISO 8601)
//   /Date(1795545605000)/                                              (PowerShell 5.1)
//   20261124184005.000000+060, 20261124184005.0Z                       (CIM; the directory)
// Empty for every other form, since 03/04/2026 may be March or April. Times before 1970 or after
// the end of the clock's range (2262) become the first or last moment, so that ages can be
// computed.
std::optional<ExportedTime> parse_time(std::string_view text);

// All the moments that a text may mean.
struct TimeRange {
  SystemTime earliest;
  SystemTime latest;
};

// Also the forms of Export-Csv and of ConvertTo-Csv, which depend on the culture of the server:
// 1/8/2023 12:00:00 AM (en-US: month first; en-AU: day first), 01/08/2023 00:00:00 (en-GB, fr-FR),
// 01.08.2023 00:00:00 (de-DE: day first), 2023/08/01 0:00:00 (ja-JP). They are local times of a
// zone that the text does not name. Empty for every other form, and for years of which a license
// can hardly be: before 1990 or after 2100, such as 2566 of the Thai calendar. 9999 is forever.
std::optional<TimeRange> parse_time_range(std::string_view text);

}  // namespace cal::inventory
