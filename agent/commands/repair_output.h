// What repairs the causes that were found, for people, for PowerShell and for programs. Pure.
#pragma once

#include "agent/base/clock.h"
#include "agent/run/board.h"

#include <string>
#include <string_view>

namespace cal {

// A probe's runbook (Registry): how to see that it is repaired comes from there.
using Runbook = std::string_view (*)(std::string_view probe);

std::string repair_text(const Rows& rows, Runbook runbook);

// It only defines functions, two for each step: nothing runs before somebody calls one.
std::string repair_script(const Rows& rows, Runbook runbook, SystemTime now);

std::string repair_json(const Rows& rows, Runbook runbook, SystemTime now);

}  // namespace cal
