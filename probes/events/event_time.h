// The times of events, in the formats that shippers write. Pure.
#pragma once

#include "agent/base/clock.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cal::winlog {

// "2026-11-24T18:40:00.1234567Z", also with a blank instead of the T, an offset (+01:00, +0100,
// optionally after a blank) instead of the Z, and without fraction or seconds. A time without a
// zone, as NXLog CE writes it, is taken as UTC, since the server's zone is unknown. Also
// "/Date(1795597200123)/". Years 1970 to 2200.
std::optional<SystemTime> parse_event_time(std::string_view text);

// "2026-11-24T18:40:00.123456700Z"
std::string event_time_text(SystemTime time);

// 100 ns since 1601, as in MS-DTYP 2.3.3.
std::optional<SystemTime> from_filetime(std::uint64_t ticks);

}  // namespace cal::winlog
