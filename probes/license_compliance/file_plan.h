// What a person does about a file with license counts or session hosts that cannot be used: first
// what only reads, on the computer that writes it. Pure.
#pragma once

#include "agent/contract/repair.h"
#include "probes/inventory/fault.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cal::license_compliance {

// `option` is the key that names the file, and `host` the agent's. Never empty.
std::vector<RepairStep> plan_for_fault(const inventory::FileFault& fault, std::string_view option,
                                       std::string_view host);
// `writer`: the computer that wrote the file; empty: it does not say.
std::vector<RepairStep> plan_for_stale(const std::filesystem::path& file, std::string_view option,
                                       std::string_view host, std::string_view writer);

}  // namespace cal::license_compliance
