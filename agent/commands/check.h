// The commands that run every probe once: `check`, `verify`, and `--config.check`, which runs none.
#pragma once

#include "agent/commands/cli.h"
#include "agent/contract/probe.h"

namespace cal {

// Prints the report of one run of every probe to stdout; with --from, that of a saved run. Returns
// the exit code of check_output.h, or 3 when the configuration or the saved report has errors.
int check(const CommandLine& line, const Registry& registry);

// Runs every probe once and prints what changed since the saved report, and whether its cause is
// gone. Same exit codes.
int verify(const CommandLine& line, const Registry& registry);

// 0 when the configuration is valid, else 2 with every error on stderr.
int check_config(const CommandLine& line, const Registry& registry);

}  // namespace cal
