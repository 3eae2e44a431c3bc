// What `check` prints for people, and its exit code. Pure.
#pragma once

#include "agent/base/terminal.h"
#include "agent/run/board.h"

#include <string>

namespace cal {

// How much a row weighs in the exit code and at the head of a report.
enum class Weight { ok, warning, unknown, critical };

Weight weight_of(const Row& row);

// Null if there is no row.
const Row* heaviest(const Rows& rows);

// 2: something is present and critical; else 3: something is unknown; else 1: a warning; else 0.
// Monitoring plugins use the same numbers.
int exit_code(const Rows& rows);

// For people. `color` uses ANSI sequences.
TerminalText human_report(const Rows& rows, bool color);

}  // namespace cal
