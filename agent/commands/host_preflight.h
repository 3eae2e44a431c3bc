// `preflight --host`: would a user who signs in to a session host now get a license there?
#pragma once

#include "agent/commands/cli.h"
#include "agent/config/config.h"

namespace cal {

// Asks the probes of the network. Returns the exit code: 0 yes, 1 yes with a warning, 2 no, 3 it
// cannot tell.
int host_preflight(const Config& config, const std::string& network, const PreflightLine& asked);

}  // namespace cal
