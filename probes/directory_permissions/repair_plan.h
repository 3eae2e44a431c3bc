// What lets the trustees read and write the object again, and gives it its owner. Pure.
#pragma once

#include "probes/directory_permissions/directory_permissions.h"

#include <functional>
#include <string>
#include <vector>

namespace cal::directory_permissions {

// The objects whose entries or owner the plan changes, or says to change.
std::vector<std::string> objects_to_change(const Facts& facts, const Settings& settings);

// `judge_again` tells what the probe would find in facts that a step has changed.
std::vector<RepairStep> repair_plan(const Facts& facts, const Settings& settings,
                                    const std::function<Outcome(const Facts&)>& judge_again);

}  // namespace cal::directory_permissions
