// Severity is what happens to people. In a Remote Desktop network licenses that are installed keep
// working, so a fault that stops only the next activation, installation or record is a warning and
// a possible cause. The one place for all probes. Pure.
#pragma once

#include "agent/run/instance.h"

namespace cal {

void limit_severity(const Instance& instance, Outcome& outcome);

}  // namespace cal
