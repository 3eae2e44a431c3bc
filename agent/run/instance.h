// One configured probe of one network: what the scheduler runs and the board shows.
#pragma once

#include "agent/base/clock.h"
#include "agent/base/digest.h"
#include "agent/contract/cause.h"
#include "agent/contract/probe.h"

#include <memory>
#include <string>
#include <vector>

namespace cal {

// Immutable and shared; its address is its identity for the scheduler and the board.
struct Instance {
  std::string network;
  const ProbeKind* kind;
  Milliseconds interval;
  Milliseconds timeout;
  // Of the configuration of the probe without its times, and of its network without probes: if they
  // are equal, it means the same.
  Digest settings;
  Digest network_settings;
  std::shared_ptr<Probe> probe;
  // The causes that it checks; empty: it checks a symptom or the licenses.
  std::vector<Cause> causes = {};
  Profile profile = Profile::ebs;  // of its network
  // Whether a fault that stops an activation is critical. Otherwise only one that refuses users is.
  bool about_activation = true;
};

using Instances = std::vector<std::shared_ptr<const Instance>>;

}  // namespace cal
