// The `serve` command: wires configuration, scheduler, board, publisher and HTTP server together,
// and lives until SIGTERM or SIGINT.
#pragma once

#include "agent/commands/cli.h"
#include "agent/contract/probe.h"

namespace cal {

// Returns the exit code: 0 after a requested stop, 2 when the configuration has errors or it cannot
// listen on an address. SIGHUP, SIGTERM and SIGINT must be blocked in the calling thread.
int serve(const CommandLine& line, const Registry& registry);

}  // namespace cal
