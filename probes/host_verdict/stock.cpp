#include "probes/host_verdict/stock.h"

#include "probes/farm/server_names.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal::session_host_licensing {

namespace {

constexpr std::size_t max_not_understood = 20;

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
      if (supply.not_understood.size() < max_not_understood) {
        supply.not_understood.push_back(
            fmt::format("key pack {}: its ExpirationDate may be past or to come", pack.id));
      }
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

std::optional<SystemTime> first_expiry_of(const farm::LicenseServer& server, farm::LicenseKind kind,
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
  if (first_temporary) first = first_temporary;
  return first ? std::optional(std::max(*first, now)) : std::nullopt;
}

}  // namespace

Stock::Stock(const farm::LicenseServer& server, SystemTime now) {
  for (auto* const each : {&device_, &user_}) {
    const auto kind = each == &device_ ? farm::LicenseKind::device : farm::LicenseKind::user;
    each->first_expiry = first_expiry_of(server, kind, now);
    if (!server.key_packs) continue;
    auto version = farm::oldest_version;
    for (auto& supply : each->supplies) {
      supply = supply_of(*server.key_packs, kind, version++, now);
    }
  }
  for (const auto& host : server.hosts.value_or(std::vector<farm::AllowedHost>{})) {
    const auto [found, added] = served_.try_emplace(farm::short_name(host.name), host.allowed);
    if (!added && found->second != host.allowed) found->second.reset();  // it contradicts itself
  }
}

const Supply& Stock::supply(farm::LicenseKind kind, std::int64_t version) const {
  const auto& of_kind = kind == farm::LicenseKind::device ? device_ : user_;
  return of_kind.supplies.at(static_cast<std::size_t>(version - farm::oldest_version));
}

std::optional<SystemTime> Stock::first_expiry(farm::LicenseKind kind) const {
  return kind == farm::LicenseKind::device ? device_.first_expiry : user_.first_expiry;
}

std::optional<bool> Stock::serves(const std::string& host) const {
  const auto found = served_.find(host);
  return found == served_.end() ? std::nullopt : found->second;
}

}  // namespace cal::session_host_licensing
