// What a person does about exports that do not decide, or are missing (absent_plan.h): first what
// only reads, then what follows from it. Pure.
#pragma once

#include "probes/session_host_licensing/groups.h"
#include "probes/session_host_licensing/session_host_licensing.h"

#include <vector>

namespace cal::session_host_licensing {

// The reason of the group is unknown.
std::vector<RepairStep> export_plan(const Group& group, const Facts& facts);

}  // namespace cal::session_host_licensing
