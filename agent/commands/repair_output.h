// What repairs the causes that were found, for people, for PowerShell and for programs. Pure.
#pragma once

#include "agent/base/clock.h"
#include "agent/run/board.h"

#include <string>

namespace cal {

std::string repair_text(const Rows& rows);

// It only defines functions, two for each step: nothing runs before somebody calls one.
std::string repair_script(const Rows& rows, SystemTime now);

std::string repair_json(const Rows& rows, SystemTime now);

}  // namespace cal
