// The per-user licenses in the directory: are they seen, and do they agree with the key packs?
// Pure.
#pragma once

#include "probes/license_compliance/license_compliance.h"

namespace cal::license_compliance {

// Adds the count as evidence and as a sample, or why it is not known. `key_packs`: of the same run;
// null: none that can be used.
void add_directory_count(const DirectoryCount& count, const inventory::LicenseCounts* key_packs,
                         Outcome& outcome);

// Why the agent's account cannot count; empty: it can.
std::string not_readable(const DirectoryCount& count);

// The weeks in which per-user licenses end, if the directory has them all.
void add_endings(const DirectoryCount& count, LicenseOutlook& outlook);

}  // namespace cal::license_compliance
