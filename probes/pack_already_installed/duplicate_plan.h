// What a person does about a pack that the history lists more than once: of several, about the
// first one. Pure.
#pragma once

#include "probes/pack_already_installed/pack_already_installed.h"

#include <string>
#include <vector>

namespace cal::pack_already_installed {

// One of the packs in `facts` is listed more than once.
std::string what_to_do_about_duplicate(const Facts& facts, const Settings& settings);
std::vector<RepairStep> duplicate_plan(const Facts& facts, const Settings& settings);

}  // namespace cal::pack_already_installed
