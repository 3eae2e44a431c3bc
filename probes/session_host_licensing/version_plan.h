// What is done where a license server is older than the session hosts: a newer one is specified
// where their list is set, or it is upgraded. Pure.
#pragma once

#include "agent/contract/repair.h"
#include "probes/session_host_licensing/groups.h"
#include "probes/session_host_licensing/host_settings.h"

#include <vector>

namespace cal::session_host_licensing {

// `batch`: the exports of the group's hosts.
std::vector<RepairStep> version_plan(const Group& group, const Batch& batch);

}  // namespace cal::session_host_licensing
