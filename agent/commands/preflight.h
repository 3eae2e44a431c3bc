// The `preflight` command: would this activation work now? Looks for all causes that the reference
// page names, also those that are not watched all the time, with the account and the pack of this
// activation.
#pragma once

#include "agent/commands/cli.h"
#include "agent/contract/probe.h"

namespace cal {

// Prints the report to stdout. Returns the exit code of check_output.h; a cause that could not be
// looked for counts as unknown.
int preflight(const CommandLine& line, const Registry& registry);

}  // namespace cal
