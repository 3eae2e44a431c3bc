// What a license server holds, worked out once for all session hosts that ask it. Pure.
#pragma once

#include "probes/farm/license_server.h"
#include "probes/farm/versions.h"

#include <array>
#include <string_view>
#include <unordered_map>

namespace cal::session_host_licensing {

// Its licenses for session hosts of one kind and version.
struct Supply {
  std::int64_t total = 0;   // of packs of this kind, for this version or a newer one
  std::int64_t issued = 0;  // of them
  std::int64_t free = 0;
  std::int64_t overused = 0;  // issued without a pack, and not covered by free newer licenses
  std::int64_t expired = 0;   // packs that would fit and have ended
  bool other_kind = false;    // a pack of the other kind would fit
  std::optional<SystemTime> next_end = std::nullopt;  // of a fitting pack
  std::vector<std::string> not_understood = {};       // packs that may fit or not, the first ones
};

class Stock {
 public:
  Stock(const farm::LicenseServer& server, SystemTime now);

  // For a known version. Nothing of a server whose key packs were not read.
  const Supply& supply(farm::LicenseKind kind, std::int64_t version) const;

  // When the first license of this kind that is in force may expire: never before now, though it
  // is known to the week. Temporary ones come first, since their devices are refused then. Empty:
  // not known.
  std::optional<SystemTime> first_expiry(farm::LicenseKind kind) const;

  // Whether the server says that it serves this host, by its short name; empty: it does not say.
  std::optional<bool> serves(const std::string& host) const;

 private:
  static constexpr auto versions =
      static_cast<std::size_t>(farm::newest_version - farm::oldest_version + 1);
  struct OfKind {
    std::array<Supply, versions> supplies;
    std::optional<SystemTime> first_expiry;
  };

  OfKind device_;
  OfKind user_;
  std::unordered_map<std::string, std::optional<bool>> served_;
};

}  // namespace cal::session_host_licensing
