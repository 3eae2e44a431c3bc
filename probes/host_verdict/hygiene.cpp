#include "probes/host_verdict/hygiene.h"

#include "agent/base/text.h"
#include "probes/farm/server_names.h"
#include "probes/farm/versions.h"
#include "probes/inventory/session_hosts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace cal::session_host_licensing {

namespace {

// Event ids as in Windows Server 2012 R2 and older, see farm::event_id().
constexpr std::int64_t not_readable = 1061;
constexpr std::int64_t not_written = 4105;
constexpr std::int64_t version_2016 = 5;

bool is_per_user(const farm::SessionHost& host) { return host.licensing_type == 4; }

// From Windows Server 2019 on the session host records licenses, as the user.
bool records_by_server(const farm::SessionHost& host) {
  const auto version = farm::version_of_build(host.os_build);
  return version && *version <= version_2016;
}

std::vector<std::string> short_list(const std::vector<std::string>& servers) {
  std::vector<std::string> names;
  for (const auto& each : servers) {
    auto name = farm::short_name(each);
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

std::vector<std::string> sorted_list(const std::vector<std::string>& servers) {
  auto names = short_list(servers);
  std::ranges::sort(names);
  return names;
}

// What of them differs, as far as both were read.
struct Difference {
  std::optional<std::pair<std::int64_t, std::int64_t>> modes;
  std::optional<std::pair<std::vector<std::string>, std::vector<std::string>>> servers;

  explicit operator bool() const { return modes || servers; }

  // "per user, LS1, LS2"
  std::string text(bool first) const {
    std::vector<std::string> parts;
    if (modes) parts.push_back(farm::mode_text(first ? modes->first : modes->second));
    if (servers) {
      const auto& names = first ? servers->first : servers->second;
      parts.push_back(names.empty() ? "no license server"
                                    : fmt::format("{}", fmt::join(names, ", ")));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
  }
};

Difference difference_of(const farm::LicensingSettings& left,
                         const farm::LicensingSettings& right) {
  Difference found;
  if (left.licensing_type && right.licensing_type && left.licensing_type != right.licensing_type) {
    found.modes = {*left.licensing_type, *right.licensing_type};
  }
  if (left.servers && right.servers && sorted_list(*left.servers) != sorted_list(*right.servers)) {
    found.servers = {short_list(*left.servers), short_list(*right.servers)};
  }
  return found;
}

}  // namespace

std::string recording_fault(const farm::SessionHost& host, const farm::LicenseServer& server,
                            SystemTime since) {
  if (!is_per_user(host)) return {};
  if (const auto* const seen = farm::newest_event(host.events, {not_readable}, since); seen) {
    return fmt::format(
        "licenses of users cannot be read from the directory (event 50213 or 1061 at {})",
        time_text(seen->newest_at));
  }
  if (const auto* const seen = farm::newest_event(server.events, {not_written}, since); seen) {
    return fmt::format("{} cannot record licenses on users (event 4105 at {})",
                       farm::short_name(server.name), time_text(seen->newest_at));
  }
  if (records_by_server(host) && server.in_license_servers_group == false) {
    return fmt::format(
        "{} is not a member of Terminal Server License Servers, so that it cannot record licenses "
        "on users",
        farm::short_name(server.name));
  }
  return {};
}

std::string recording_not_known(const farm::SessionHost& host, const farm::LicenseServer& server) {
  if (!is_per_user(host)) return {};
  const auto name = farm::short_name(server.name);
  const std::string start = "; whether it is recorded in the directory is not known: ";
  if (!server.events || server.events_not_understood > 0) {
    return fmt::format("{}the events of {} were not read, or not all of them were understood",
                       start, name);
  }
  if (records_by_server(host) && !server.in_license_servers_group) {
    return fmt::format("{}whether {} is a member of Terminal Server License Servers was not read",
                       start, name);
  }
  return {};
}

std::string_view list_origin(const farm::SessionHost& host) {
  if (!host.policy || !host.policy->servers || !host.specified_servers) return {};
  const auto list = sorted_list(*host.specified_servers);
  const auto& by_policy = *host.policy->servers;
  if (!by_policy.empty()) return sorted_list(by_policy) == list ? " (by policy)" : "";
  const bool by_broker =
      host.broker && host.broker->servers && sorted_list(*host.broker->servers) == list;
  return by_broker ? " (by the connection broker)" : "";
}

Drift policy_drift(const farm::SessionHost& host) {
  if (!host.policy || !host.broker) return {};
  const auto found = difference_of(*host.policy, *host.broker);
  if (!found) return {};
  return {fmt::format("policy ({}) and broker ({}) differ; the policy wins", found.text(true),
                      found.text(false)),
          fmt::format("Set the broker to {} (Server Manager, deployment properties, RD Licensing), "
                      "or remove the policy if the broker's setting is meant.",
                      found.text(true)),
          {found.modes ? host.policy->licensing_type : std::nullopt,
           found.servers ? host.policy->servers : std::nullopt}};
}

Drift collection_drift(const farm::SessionHost& host, const farm::SessionHost& most) {
  const auto found = difference_of({host.licensing_type, host.specified_servers},
                                   {most.licensing_type, most.specified_servers});
  const auto* const what = !found.servers ? "the licensing mode is"
                           : !found.modes ? "the license servers are"
                                          : "mode and license servers are";
  return {fmt::format("{} {}, on others of the collection {} {}", what, found.text(true),
                      host.collection, found.text(false)),
          fmt::format("Set {} on {{hosts}}, as on {}, by the policy or the deployment that sets it "
                      "there.",
                      found.text(false), most.name)};
}

bool has_settings(const farm::SessionHost& host) {
  return inventory::mode_is_set(host.licensing_type.value_or(0)) && host.specified_servers &&
         !host.specified_servers->empty();
}

std::string settings_key(const farm::SessionHost& host) {
  return fmt::format("{} {}", *host.licensing_type,
                     fmt::join(sorted_list(*host.specified_servers), ","));
}

}  // namespace cal::session_host_licensing
