// The key packs of a Remote Desktop license server, as
//   Get-CimInstance Win32_TSLicenseKeyPack | ConvertTo-Json
// writes them (MicrosoftDocs/win32, TermServ/win32-tslicensekeypack.md).
#pragma once

#include "probes/inventory/license_counts.h"

#include <filesystem>

namespace cal::farm {

// Packs of the same version and kind are added up. Versions are identified by ProductVersionID,
// since their names are translated. IssuedLicenses counts as assigned: AvailableLicenses never
// falls below zero, however many are issued. Overused packs have assigned licenses and no installed
// ones. Temporary, built-in and unlimited packs and those that have ended by `now` are notes.
tl::expected<inventory::LicenseCounts, inventory::FileFault> read_key_packs(
    const std::filesystem::path& file, SystemTime now);

}  // namespace cal::farm
