// Reads the endpoints from a probe's configuration, or gives the usual ones if it lists none.
#pragma once

#include "agent/contract/options.h"
#include "probes/net/endpoint.h"

#include <vector>

namespace cal {

// Reads `endpoints`, and the `proxy` of those that do not set one. Without `endpoints` it returns
// the usual ones. `variable` reads the environment. Errors are collected in the options.
std::vector<net::Endpoint> read_endpoints(Options& options, const net::Variable& variable);

}  // namespace cal
