#include "probes/farm/pack_sums.h"

#include "probes/farm/versions.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace cal::farm {

namespace {

// Enough time to buy licenses and to install them.
constexpr auto ends_soon = std::chrono::days(30);

inventory::LicenseKind kind_of(const KeyPack& pack) {
  return pack.kind == LicenseKind::user ? inventory::LicenseKind::user
                                        : inventory::LicenseKind::device;
}

}  // namespace

std::string edition_of(const KeyPack& pack) {
  return fmt::format("RDS {}", version_name(pack.version));
}

bool has_ended(const KeyPack& pack, SystemTime now) {
  return pack.ends && pack.ends->latest <= now;
}

void add_up(const KeyPack& pack, SystemTime now, std::vector<inventory::LicenseCount>& sums) {
  const auto kind = kind_of(pack);
  auto found = std::ranges::find_if(sums, [&](const inventory::LicenseCount& other) {
    return other.version == pack.version && other.kind == kind;
  });
  if (found == sums.end()) {
    sums.push_back({edition_of(pack), kind, 0});
    found = std::prev(sums.end());
    found->version = pack.version;
  }
  found->installed += pack.total;
  if (pack.ends) {
    const auto end = pack.ends->earliest;
    found->first_end = std::min(found->first_end.value_or(end), end);
    found->pack_ends.push_back({end, pack.total});
    if (end <= now + ends_soon) found->ending += pack.total;
  }
  auto& holders = pack.kind == LicenseKind::user ? found->users : found->devices;
  holders = holders.value_or(0) + pack.issued;
}

}  // namespace cal::farm
