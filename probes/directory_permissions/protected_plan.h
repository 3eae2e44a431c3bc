// What lets licenses be written on users that AdminSDHolder protects, or protected once. Pure.
#pragma once

#include "probes/directory_permissions/directory_permissions.h"

#include <functional>
#include <vector>

namespace cal::directory_permissions {

// `edited`: the facts after the steps before; afterwards, after these, too. `judge_again` tells
// what the probe would find in changed facts.
std::vector<RepairStep> protected_plan(Facts& edited, const Settings& settings,
                                       const std::function<Outcome(const Facts&)>& judge_again);

}  // namespace cal::directory_permissions
