// The `check` and `--config.check` commands.
#pragma once

#include "agent/cli.h"
#include "agent/probe.h"

namespace cal {

// Runs every probe once, all at the same time, and prints the report to stdout. Returns the exit
// code of check_output.h, or 3 when the configuration is wrong. A stuck run is reported as timeout;
// then this leaves by _exit.
int check(const CommandLine& line, const Catalogue& catalogue);

// 0 when the configuration is right, else 2 with every mistake on stderr.
int check_config(const CommandLine& line, const Catalogue& catalogue);

}  // namespace cal
