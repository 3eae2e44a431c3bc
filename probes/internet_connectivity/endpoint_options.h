// Reads the endpoints from a probe's configuration, or gives the usual ones if it lists none.
#pragma once

#include "agent/contract/options.h"
#include "probes/net/endpoint.h"

#include <filesystem>
#include <string>
#include <vector>

namespace cal {

struct EndpointOptions {
  std::vector<net::Endpoint> endpoints;
  std::vector<std::string> notes;  // about the choice of proxies, for people
};

// Reads `endpoints`, and the `proxy` of those that do not set one. Without `endpoints` it returns
// the usual ones. `variable` reads the environment, and the settings of the host are below `root`.
// Errors are collected in the options.
EndpointOptions read_endpoints(Options& options, const net::Variable& variable,
                               const std::filesystem::path& root = "/");

}  // namespace cal
