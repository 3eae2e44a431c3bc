// What `check` prints for people and for monitoring plugins, and its exit code. Pure.
#pragma once

#include "agent/run/board.h"

#include <string>

namespace cal {

// 2: something is present and critical; else 3: something is unknown; else 1: a warning; else 0.
// Monitoring plugins use the same numbers.
int exit_code(const Rows& rows);

// For a terminal. `color` uses ANSI sequences.
std::string human_report(const Rows& rows, bool color);

// A monitoring plugin's output: one line with performance data, then the long output.
std::string nagios_report(const Rows& rows);

}  // namespace cal
