#include "probes/session_host_licensing/supply.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal::session_host_licensing {

namespace {

enum class Validity { valid, expired, ambiguous };

Validity validity_of(const farm::KeyPack& pack, SystemTime now) {
  if (!pack.ends || pack.ends->earliest > now) return Validity::valid;
  return pack.ends->latest <= now ? Validity::expired : Validity::ambiguous;
}

void add_pack(const farm::KeyPack& pack, SystemTime now, Supply& supply) {
  switch (validity_of(pack, now)) {
    case Validity::expired:
      ++supply.expired;
      return;
    case Validity::ambiguous:
      supply.not_understood.push_back(
          fmt::format("key pack {}: its ExpirationDate may be past or to come", pack.id));
      return;
    case Validity::valid:
      break;
  }
  supply.total += pack.total;
  supply.issued += pack.issued;
  supply.free += std::max<std::int64_t>(0, pack.total - pack.issued);
  if (pack.ends && (!supply.next_end || pack.ends->earliest < *supply.next_end)) {
    supply.next_end = pack.ends->earliest;
  }
}

}  // namespace

Supply supply_of(const farm::KeyPacks& packs, farm::LicenseKind kind, std::int64_t version,
                 SystemTime now) {
  Supply supply;
  supply.not_understood = packs.not_understood;
  for (const auto& pack : packs.packs) {
    if (pack.version < version || pack.total == 0) continue;
    if (pack.kind == kind) {
      add_pack(pack, now, supply);
    } else if (validity_of(pack, now) == Validity::valid) {
      supply.other_kind = true;
    }
  }
  for (const auto& pack : packs.overused) {
    if (pack.kind == kind && pack.version >= version) supply.overused += pack.issued;
  }
  // A server of 2012 books users of 2008 hosts there and takes nothing from its newer packs.
  supply.overused = std::max<std::int64_t>(0, supply.overused - supply.free);
  return supply;
}

std::optional<SystemTime> first_expiry(const farm::LicenseServer& server, farm::LicenseKind kind,
                                       SystemTime now) {
  constexpr std::int64_t temporary = 1;
  constexpr std::int64_t active = 2;
  std::optional<SystemTime> first;
  std::optional<SystemTime> first_temporary;
  for (const auto& issued : server.issued.value_or(std::vector<farm::IssuedLicenses>{})) {
    if (issued.kind != kind || !issued.week || *issued.week + std::chrono::days(7) <= now) continue;
    const auto status = issued.status.value_or(0);
    if (status != temporary && status != active) continue;
    auto& earliest = status == temporary ? first_temporary : first;
    if (!earliest || *issued.week < *earliest) earliest = issued.week;
  }
  return first_temporary ? first_temporary : first;
}

}  // namespace cal::session_host_licensing
