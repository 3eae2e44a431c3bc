// Key packs added up by version and kind. Pure.
#pragma once

#include "probes/farm/license_server.h"
#include "probes/inventory/license_counts.h"

namespace cal::farm {

// "RDS Windows Server 2022"
std::string edition_of(const KeyPack& pack);

// Whichever of day and month is first in its date.
bool has_ended(const KeyPack& pack, SystemTime now);

// Adds a pack that has not ended.
void add_up(const KeyPack& pack, SystemTime now, std::vector<inventory::LicenseCount>& sums);

}  // namespace cal::farm
