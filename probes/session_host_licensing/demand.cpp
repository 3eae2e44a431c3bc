#include "probes/session_host_licensing/demand.h"

#include "agent/base/text.h"
#include "probes/farm/server_names.h"
#include "probes/farm/versions.h"
#include "probes/host_verdict/reasons.h"
#include "probes/host_verdict/stock.h"
#include "probes/session_host_licensing/host_settings.h"
#include "probes/session_host_licensing/plan_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace cal::session_host_licensing {

namespace {

using farm::LicenseKind;
using farm::LicenseServer;

// What all hosts of the group ask for.
struct Wanted {
  LicenseKind kind;
  std::int64_t version;  // the newest of the hosts
};

std::optional<Wanted> wanted_by(const Group& group) {
  const auto type = group.hosts.front()->licensing_type;
  std::int64_t newest = 0;
  for (const auto* host : group.hosts) {
    const auto version = farm::version_of_build(host->os_build);
    if (!version || host->licensing_type != type) return std::nullopt;
    newest = std::max(newest, *version);
  }
  if (!is_mode(type)) return std::nullopt;
  return Wanted{type == 2 ? LicenseKind::device : LicenseKind::user, newest};
}

// Of all packs that fit, also of those that have ended, and beside them.
std::int64_t issued_by_packs(const LicenseServer& server, const Wanted& wanted) {
  std::int64_t issued = 0;
  for (const auto* packs : {&server.key_packs->packs, &server.key_packs->overused}) {
    for (const auto& pack : *packs) {
      if (pack.kind == wanted.kind && pack.version >= wanted.version) issued += pack.issued;
    }
  }
  return issued;
}

// Licenses in force, also of packs that are gone.
std::int64_t in_force(const LicenseServer& server, const Wanted& wanted, SystemTime now) {
  constexpr std::int64_t active = 2;
  std::int64_t count = 0;
  for (const auto& each : server.issued.value_or(std::vector<farm::IssuedLicenses>{})) {
    const bool fits = each.kind == wanted.kind && each.version.value_or(0) >= wanted.version;
    const bool runs = each.week && *each.week + std::chrono::days(7) > now;
    if (fits && runs && each.status == active) count += each.count;
  }
  return count;
}

std::int64_t needed_on(const LicenseServer& server, const Reason& why, const Wanted& wanted,
                       SystemTime now) {
  if (!server.key_packs) return 0;
  if (&why == &reason("user_cals_over_issued")) {
    const auto supply = Stock(server, now).supply(wanted.kind, wanted.version);
    return std::max<std::int64_t>(0, supply.issued - supply.total) + supply.overused;
  }
  if (&why == &reason("device_cals_exhausted")) {
    return server.key_packs->temporary_issued.value_or(0);
  }
  return std::max(issued_by_packs(server, wanted), in_force(server, wanted, now));
}

bool asks_for_licenses(const Reason& why) {
  return &why == &reason("device_cals_exhausted") || &why == &reason("pack_expired") ||
         &why == &reason("no_fitting_cals") || &why == &reason("wrong_cal_kind") ||
         &why == &reason("user_cals_over_issued");
}

std::vector<std::pair<std::string, std::int64_t>> needed_by_server(const Group& group,
                                                                   const Facts& facts) {
  const auto wanted = wanted_by(group);
  std::vector<std::pair<std::string, std::int64_t>> needed;
  if (!wanted || !asks_for_licenses(*group.reason)) return needed;
  for (const auto& each : group.servers) {
    const auto server = std::ranges::find_if(facts.exports.servers, [&](const auto& known) {
      return farm::short_name(known.name) == each.name;
    });
    if (server == facts.exports.servers.end()) continue;
    needed.emplace_back(each.name, needed_on(*server, *group.reason, *wanted, facts.now));
  }
  return needed;
}

}  // namespace

std::int64_t licenses_needed_at_least(const Group& group, const Facts& facts) {
  std::int64_t most = 0;
  for (const auto& [name, count] : needed_by_server(group, facts)) most = std::max(most, count);
  return most;
}

std::string demand_note(const Group& group, const Facts& facts) {
  const auto needed = needed_by_server(group, facts);
  const auto is_counted = [](const auto& each) { return each.second > 0; };
  if (std::ranges::none_of(needed, is_counted)) return {};
  const auto& why = *group.reason;
  const bool per_device = group.hosts.front()->licensing_type == 2;
  const auto* const holder = per_device ? "device" : "user";
  Parts parts;
  for (const auto& [name, count] : needed) parts.add(name, std::to_string(count));
  const auto* const what = &why == &reason("user_cals_over_issued") ? "Issued and not installed"
                           : &why == &reason("device_cals_exhausted")
                               ? "Devices with a temporary license"
                               : "Issued and in force, or issued of packs that have ended";
  return fmt::format(
      "How many: one for each {0} that uses the hosts, which the exports do not count. {1}. "
      "{2}.{3}",
      holder, what, parts.text_of_each(),
      std::ranges::count_if(needed, is_counted) > 1
          ? fmt::format(" A {} can be counted on more than one of the servers.", holder)
          : "");
}

}  // namespace cal::session_host_licensing
