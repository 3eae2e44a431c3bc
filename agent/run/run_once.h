// One run of every probe, for the commands that report and end.
#pragma once

#include "agent/run/board.h"

#include <functional>

namespace cal {

// Runs every instance once, all at the same time, and passes the rows to `report`, which prints and
// returns the exit code. A stuck run is reported as timeout; then this leaves by _exit.
int run_once(const Instances& instances, const std::function<int(const Rows&)>& report);

}  // namespace cal
