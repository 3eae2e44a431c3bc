// Finds out the way to each endpoint: routes from the kernel, names from DNS, then all transfers at
// once. It asks no further on a way whose ladder is broken already.
#pragma once

#include "agent/contract/probe.h"
#include "probes/net/ladder.h"

#include <string>
#include <vector>

namespace cal::net {

struct Exploration {
  std::vector<WayFacts> ways;  // by endpoint, then by family, as configured
  std::vector<Phase> phases;
  std::string kernel_fault;  // why interfaces and routes are unknown; empty: they are known
};

// The endpoints must outlive the result. All is over by the deadline.
Exploration explore(const std::vector<Endpoint>& endpoints, const Resolver& resolver,
                    const TrustStore& trust, Deadline deadline);

}  // namespace cal::net
