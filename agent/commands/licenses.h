// `licenses`: what is installed and issued, what ends when, and what to buy by which date.
#pragma once

#include "agent/commands/cli.h"
#include "agent/contract/probe.h"

namespace cal {

// Runs the probes that count licenses once. Returns the exit code: 0, or 3 if nothing was counted.
int licenses(const CommandLine& line, const Registry& registry);

}  // namespace cal
