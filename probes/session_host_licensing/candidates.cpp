#include "probes/session_host_licensing/candidates.h"

#include "probes/farm/versions.h"
#include "probes/host_verdict/reasons.h"
#include "probes/repair/host_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

namespace cal::session_host_licensing {

namespace {

using Names = std::vector<std::string>;

constexpr std::size_t max_candidates = 3;

struct Need {
  std::set<std::string> tried;         // what is not reached, or listed and does not help the hosts
  std::optional<std::int64_t> newest;  // their newest version of Windows
};

// As far as its export says.
bool suits(const farm::LicenseServer& server, const Need& need) {
  const auto version = farm::version_of_build(server.os_build);
  const bool too_old = version && need.newest && *version < *need.newest;
  return server.activation_status != 1 && server.role_installed != false && !too_old;
}

bool is_outage(const Reason& why) {
  return &why == &reason("license_server_unreachable") ||
         &why == &reason("license_server_degraded");
}

bool lists(const farm::SessionHost& host, std::string_view name) {
  return std::ranges::any_of(*host.specified_servers,
                             [&](auto& each) { return farm::short_name(each) == name; });
}

}  // namespace

Candidates::Candidates(const farm::Exports& exports, const std::vector<Group>& groups)
    : exports_(exports) {
  for (const auto& group : groups) {
    if (!is_outage(*group.reason)) continue;
    for (const auto& server : group.servers) not_reached_.insert(server.name);
  }
  const farm::ServerNames servers(exports.servers);
  std::map<std::string, Listed> listed;
  for (const auto& host : exports.hosts) {
    hosts_.emplace(farm::short_name(host.name), &host);
    for (const auto& each : host.specified_servers.value_or(Names{})) {
      auto name = farm::short_name(each);
      auto& entry =
          listed.try_emplace(name, Listed{name, 0, &host, servers.find(each, host.domain)})
              .first->second;
      ++entry.hosts;
    }
  }
  for (auto& [name, entry] : listed) listed_.push_back(std::move(entry));
  std::ranges::stable_sort(listed_, std::ranges::greater{}, &Listed::hosts);
  for (const auto& group : groups) {
    if (group.reason == &reason("licensed"))
      std::ranges::copy(hosts_in(group), std::back_inserter(licensed_));
  }
}

std::string Candidates::for_hosts_of(const Group& group) const {
  const bool has_no_mode =
      group.reason == &reason("mode_not_set") || group.reason == &reason("mode_not_set_expired");
  return has_no_mode ? mode_for(group) : servers_for(group);
}

const farm::SessionHost* Candidates::licensed_with(std::int64_t mode,
                                                   const farm::SessionHost& host) const {
  const auto found = std::ranges::find_if(licensed_, [&](const farm::SessionHost* each) {
    return each->licensing_type == mode &&
           (host.collection.empty() || each->collection == host.collection);
  });
  return found == licensed_.end() ? nullptr : *found;
}

std::vector<const farm::SessionHost*> Candidates::hosts_in(const Group& group) const {
  std::vector<const farm::SessionHost*> hosts;
  for (const auto* verdict : group.hosts) {
    const auto [first, last] = hosts_.equal_range(farm::short_name(verdict->host));
    for (auto each = first; each != last; ++each) hosts.push_back(each->second);
  }
  return hosts;
}

// Empty if the hosts that get licenses are of both kinds.
std::string Candidates::mode_for(const Group& group) const {
  std::set<std::int64_t> modes;
  const farm::SessionHost* model = nullptr;
  for (const auto* host : hosts_in(group)) {
    for (const auto mode : {repair::per_user, repair::per_device}) {
      const auto* const found = licensed_with(mode, *host);
      if (!found) continue;
      modes.insert(mode);
      if (!model) model = found;
    }
  }
  if (modes.size() != 1) return {};
  return fmt::format(" to {}, as on {}", farm::mode_text(*modes.begin()),
                     farm::short_name(model->name));
}

std::string Candidates::servers_for(const Group& group) const {
  Need need{.tried = not_reached_, .newest = {}};
  for (const auto* host : hosts_in(group)) {
    need.newest = std::max(need.newest, farm::version_of_build(host->os_build));
    for (const auto& name : host->specified_servers.value_or(Names{})) {
      need.tried.insert(farm::short_name(name));
    }
  }
  Names names;
  const farm::SessionHost* model = nullptr;
  for (const auto& each : listed_) {
    if (names.size() == max_candidates) break;
    const bool fit = !each.server || suits(*each.server, need);
    if (!fit || need.tried.contains(each.name)) continue;
    names.push_back(each.name);
    if (!model) model = each.first;
  }
  if (model) {
    const bool has_all =
        std::ranges::all_of(names, [&](auto& name) { return lists(*model, name); });
    return fmt::format(": {}, {}", in_sentence(names),
                       has_all ? fmt::format("as on {}", farm::short_name(model->name))
                               : std::string("which other hosts list"));
  }
  for (const auto& server : exports_.servers) {
    if (names.size() == max_candidates) break;
    auto name = farm::short_name(server.name);
    const bool fit = server.activation_status == 0 && suits(server, need);
    if (fit && !need.tried.contains(name)) names.push_back(std::move(name));
  }
  if (names.empty()) return {};
  return fmt::format(": {}, activated according to {}", in_sentence(names),
                     names.size() == 1 ? "its export" : "their exports");
}

}  // namespace cal::session_host_licensing
