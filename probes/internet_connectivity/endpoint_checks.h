// How a person looks at a way that is broken: commands that only read, for exactly this endpoint.
// Pure.
#pragma once

#include "probes/net/ladder.h"

#include <string>
#include <vector>

namespace cal::internet_connectivity {

// One sentence with a command each, for a plan; none if the endpoint cannot be in a command.
// `host` is where the agent runs.
std::vector<std::string> checks_of(const net::WayFacts& way, net::Fault fault,
                                   const std::string& host);

}  // namespace cal::internet_connectivity
