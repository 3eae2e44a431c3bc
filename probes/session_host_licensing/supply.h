// What the key packs of a license server hold for session hosts of one kind and version. Pure.
#pragma once

#include "probes/farm/license_server.h"

namespace cal::session_host_licensing {

struct Supply {
  std::int64_t total = 0;   // of packs of this kind, for this version or a newer one
  std::int64_t issued = 0;  // of them
  std::int64_t free = 0;
  std::int64_t overused = 0;  // issued without a pack, and not covered by free newer licenses
  std::int64_t expired = 0;   // packs that would fit and have ended
  bool other_kind = false;    // a pack of the other kind would fit
  std::optional<SystemTime> next_end = std::nullopt;  // of a fitting pack
  std::vector<std::string> not_understood = {};       // packs that may fit or not
};

Supply supply_of(const farm::KeyPacks& packs, farm::LicenseKind kind, std::int64_t version,
                 SystemTime now);

// When the first license of this kind that is in force expires; temporary ones come first, since
// their devices are refused then. Empty: not known.
std::optional<SystemTime> first_expiry(const farm::LicenseServer& server, farm::LicenseKind kind,
                                       SystemTime now);

}  // namespace cal::session_host_licensing
