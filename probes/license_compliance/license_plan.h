// What a person has to do about too few licenses: no command makes more of them. Pure.
#pragma once

#include "probes/license_compliance/count_finding.h"

#include <vector>

namespace cal::license_compliance {

// For licenses of which `missing` more are needed at least. `server`: the license server; empty: it
// is not known.
std::vector<RepairStep> license_plan(const inventory::LicenseCount& count, AssignedBy who,
                                     std::int64_t missing, std::string_view server);

}  // namespace cal::license_compliance
