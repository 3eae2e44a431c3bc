// The `preflight` command: would this activation work now? Checks all causes of the reference page,
// including those that are not configured for the agent, with the account and the pack of this
// activation. In a network with Remote Desktop licenses, unless an account or a pack is given: what
// keeps users from a license now? Runs the probes of the network.
#pragma once

#include "agent/commands/cli.h"
#include "agent/contract/probe.h"

namespace cal {

// Prints the report to stdout. Returns the exit code of check_output.h; a cause that could not be
// checked counts as unknown.
int preflight(const CommandLine& line, const Registry& registry);

}  // namespace cal
