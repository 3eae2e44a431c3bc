// The endpoints of a probe's configuration, and those that stand for none.
#pragma once

#include "agent/contract/options.h"
#include "probes/net/endpoint.h"

#include <vector>

namespace cal {

// Reads `endpoints` and the `proxy` that counts for those without one of their own; empty without
// the key. Proxies of the environment are found by `variable`. ConfigErrors are collected.
std::vector<net::Endpoint> read_endpoints(Options& options, const net::Variable& variable);

}  // namespace cal
