// `health`: whether the agent on this host works, asked over the network.
#pragma once

#include "agent/commands/cli.h"

namespace cal {

// Asks the agent that was started with the same arguments. Returns the exit code: 0 if it works,
// 1 if not, 2 if the web configuration file cannot be read.
int health(const CommandLine& line);

}  // namespace cal
