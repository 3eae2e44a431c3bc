// The `repair` command: for each cause that is there, what repairs it, what the probe would find
// after that, and how to undo it. It prints; nothing is changed.
#pragma once

#include "agent/commands/cli.h"
#include "agent/contract/probe.h"

namespace cal {

// Same exit codes as `check`.
int repair(const CommandLine& line, const Registry& registry);

}  // namespace cal
