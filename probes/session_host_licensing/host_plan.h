// What gives session hosts a licensing mode and license servers, and who repairs the rest. Pure.
#pragma once

#include "probes/session_host_licensing/groups.h"
#include "probes/session_host_licensing/session_host_licensing.h"

#include <functional>
#include <vector>

namespace cal::session_host_licensing {

// `judge_again` tells what the probe would find in changed facts.
std::vector<RepairStep> host_plan(const Facts& facts, const std::vector<Group>& groups,
                                  const std::function<Outcome(const Facts&)>& judge_again);

}  // namespace cal::session_host_licensing
