// How session hosts get a new certificate from their license server: one host first. Pure.
#pragma once

#include "agent/contract/repair.h"
#include "probes/session_host_licensing/groups.h"

#include <vector>

namespace cal::session_host_licensing {

std::vector<RepairStep> certificate_plan(const Group& group);

}  // namespace cal::session_host_licensing
