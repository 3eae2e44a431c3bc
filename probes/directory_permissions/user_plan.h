// What lets licenses be written on users again: the missing entry on the OU that they inherit from.
// Pure.
#pragma once

#include "probes/directory_permissions/directory_permissions.h"

#include <functional>
#include <vector>

namespace cal::directory_permissions {

// `facts.users` must have a value. `judge_again` tells what the probe would find in changed facts.
std::vector<RepairStep> user_plan(const Facts& facts, const Settings& settings,
                                  const std::function<Outcome(const Facts&)>& judge_again);

}  // namespace cal::directory_permissions
