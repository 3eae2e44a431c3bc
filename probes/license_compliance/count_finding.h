// What the licenses of one edition and kind mean, and its metrics. Pure.
#pragma once

#include "probes/license_compliance/license_compliance.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cal::license_compliance {

// Who assigns the licenses that a source counts: an administrator, who would see that none is left,
// or the license server, at the next logon.
enum class AssignedBy { administrator, license_server };

// "Suite (user)"
std::string item_of(const inventory::LicenseCount& count);

// "50 installed, 42 assigned (30 users, 12 devices), 8 available"
std::string text_of(const inventory::LicenseCount& count);

// Free licenses of newer versions, which also serve the users or devices of this version.
std::int64_t spare_of_newer(const inventory::LicenseCount& count,
                            const std::vector<inventory::LicenseCount>& all);

// `spare` can be used instead; an edition that is `meant_to_be_full` may have none left.
const Reason& finding_of(const inventory::LicenseCount& count, AssignedBy who, std::int64_t spare,
                         bool meant_to_be_full);

// What to do if too few are left.
std::string_view step_for(const inventory::LicenseCount& count, AssignedBy who);

void add_samples(const inventory::LicenseCount& count, const Settings& settings, Outcome& outcome);

}  // namespace cal::license_compliance
