// Collects the facts about the path to each endpoint: routes from the kernel, names from DNS, then
// all transfers in parallel. It stops on a path whose ladder is already broken.
#pragma once

#include "agent/contract/probe.h"
#include "probes/net/ladder.h"

#include <string>
#include <string_view>
#include <vector>

namespace cal::net {

// The phase of all that is asked of endpoints and proxies, from the connection to the content.
inline constexpr std::string_view transfer_phase = "transfer";

struct Exploration {
  std::vector<WayFacts> ways;  // by endpoint, then by family, as configured
  std::vector<Phase> phases;
  std::string kernel_fault;  // why interfaces and routes are unknown; empty: they are known
};

// The endpoints must outlive the result. Returns by the deadline.
Exploration explore(const std::vector<Endpoint>& endpoints, const Resolver& resolver,
                    const TrustStore& trust, Deadline deadline);

}  // namespace cal::net
