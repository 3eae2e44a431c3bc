// What `check --format nagios` prints: the output of a monitoring plugin. The first line has less
// than 120 characters; the last one ends with the performance data. Pure.
#pragma once

#include "agent/run/board.h"

#include <string>
#include <string_view>

namespace cal {

std::string nagios_report(const Rows& rows, SystemTime now);

// UNKNOWN with the errors, which may have several lines. Of a plugin only stdout is shown.
std::string nagios_error(std::string_view errors);

}  // namespace cal
