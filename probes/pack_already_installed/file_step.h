// What to do about an installation history that does not exist or cannot be used. Pure.
#pragma once

#include "agent/contract/repair.h"
#include "probes/inventory/fault.h"

#include <string_view>

namespace cal::pack_already_installed {

// `host`: that the agent runs on.
RepairStep file_step(const inventory::FileFault& fault, std::string_view host);

}  // namespace cal::pack_already_installed
