// What makes each account able to install the pack, or to write licenses. Pure.
#pragma once

#include "probes/administrators_membership/administrators_membership.h"

#include <functional>
#include <vector>

namespace cal::administrators_membership {

// `judge_again` tells what the probe would find in facts that a step has changed.
std::vector<RepairStep> repair_plan(const Facts& facts,
                                    const std::function<Outcome(const Facts&)>& judge_again);

}  // namespace cal::administrators_membership
