// How session hosts authenticate at their license servers again: with a new certificate, or, in a
// workgroup, with a stored account. Pure.
#pragma once

#include "agent/contract/repair.h"
#include "probes/session_host_licensing/groups.h"
#include "probes/session_host_licensing/host_settings.h"
#include "probes/session_host_licensing/session_host_licensing.h"

#include <vector>

namespace cal::session_host_licensing {

// One host first. `exports`: those of the hosts; `groups`: all that was found.
std::vector<RepairStep> certificate_plan(const Group& group, const Batch& exports,
                                         const std::vector<Group>& groups);

// Since CVE-2024-38099, license servers refuse those that do not authenticate.
std::vector<RepairStep> workgroup_plan(const Group& group, const Batch& exports,
                                       const Facts& facts);

}  // namespace cal::session_host_licensing
