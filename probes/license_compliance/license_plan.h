// What a person has to do about too few licenses: no command makes more of them. Pure.
#pragma once

#include "probes/license_compliance/count_finding.h"

#include <vector>

namespace cal::license_compliance {

// For licenses of which `missing` more are needed at least.
std::vector<RepairStep> license_plan(const inventory::LicenseCount& count, AssignedBy who,
                                     std::int64_t missing);

}  // namespace cal::license_compliance
