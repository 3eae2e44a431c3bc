// The key packs of a Remote Desktop licence server, as
//   Get-CimInstance Win32_TSLicenseKeyPack | ConvertTo-Json
// writes them (MicrosoftDocs/win32, TermServ/win32-tslicensekeypack.md).
#pragma once

#include "probes/inventory/license_counts.h"

#include <filesystem>

namespace cal::inventory {

// Packs of one version and kind are added up. A version is known by ProductVersionID, since its
// name is translated; one that we do not know is `RDS version N`. IssuedLicenses counts as
// assigned: AvailableLicenses never goes below zero, however many are issued. Unlimited packs (-1,
// such as temporary and built-in ones) and those that have expired by `now` are notes, not counts.
tl::expected<LicenseCounts, FileFault> read_key_packs(const std::filesystem::path& file,
                                                      SystemTime now);

}  // namespace cal::inventory
