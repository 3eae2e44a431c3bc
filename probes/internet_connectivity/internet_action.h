// What to do about a way that is broken, with the names that were found. Pure.
#pragma once

#include "probes/net/ladder.h"

#include <string>

namespace cal::internet_connectivity {

// `host` is where the agent runs. Empty if the reason's action says it all.
std::string action_for(const net::WayFacts& way, net::Fault fault, const std::string& host,
                       SystemTime now);

}  // namespace cal::internet_connectivity
