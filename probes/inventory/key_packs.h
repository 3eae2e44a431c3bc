// The key packs of a Remote Desktop license server, as
//   Get-CimInstance Win32_TSLicenseKeyPack | ConvertTo-Json
// writes them (MicrosoftDocs/win32, TermServ/win32-tslicensekeypack.md).
#pragma once

#include "probes/inventory/license_counts.h"

#include <filesystem>

namespace cal::inventory {

// Packs of the same version and kind are added up. Versions are identified by ProductVersionID,
// since their names are translated; an unknown version is `RDS version N`. IssuedLicenses counts as
// assigned: AvailableLicenses never falls below zero, however many are issued. Unlimited packs (-1,
// such as temporary and built-in ones) and those that have expired by `now` are notes, not counts.
tl::expected<LicenseCounts, FileFault> read_key_packs(const std::filesystem::path& file,
                                                      SystemTime now);

}  // namespace cal::inventory
