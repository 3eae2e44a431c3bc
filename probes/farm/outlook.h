// Which licenses end when, and by which date to buy how many. Pure.
#pragma once

#include "agent/contract/license_outlook.h"
#include "probes/farm/license_server.h"
#include "probes/inventory/license_counts.h"

#include <span>

namespace cal::farm {

// Nobody new asks for a license, and a license of a newer version serves an older one. Packs that
// end within the outlook's weeks take their licenses with them.
LicenseOutlook outlook_of(std::span<const inventory::LicenseCount> counts, SystemTime now);

// Of the license servers whose exports are no older than max_age, as if they were one; the others
// are `not_counted`.
LicenseOutlook outlook_of(std::span<const LicenseServer> servers, SystemTime now,
                          Milliseconds max_age);

}  // namespace cal::farm
