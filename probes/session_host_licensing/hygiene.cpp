#include "probes/session_host_licensing/hygiene.h"

#include "agent/base/text.h"
#include "probes/farm/server_names.h"
#include "probes/farm/versions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace cal::session_host_licensing {

namespace {

// Event ids as in Windows Server 2012 R2 and older, see farm::event_id().
constexpr std::int64_t not_readable = 1061;
constexpr std::int64_t not_written = 4105;
constexpr std::int64_t version_2016 = 5;

bool is_per_user(const farm::SessionHost& host) { return host.licensing_type == 4; }

// From Windows Server 2019 on the session host records licenses, as the user.
bool records_by_server(const farm::SessionHost& host) {
  const auto version = host.os_build ? farm::version_of_build(*host.os_build) : std::nullopt;
  return version && *version <= version_2016;
}

std::string settings_text(const farm::LicensingSettings& settings) {
  return fmt::format(
      "mode {}, servers {}",
      settings.licensing_type ? fmt::to_string(*settings.licensing_type) : "-",
      settings.servers ? fmt::format("{}", fmt::join(*settings.servers, ", ")) : "-");
}

std::optional<std::vector<std::string>> sorted_names(const farm::LicensingSettings& settings) {
  auto names = settings.servers;
  if (!names) return names;
  std::ranges::transform(*names, names->begin(), farm::short_name);
  std::ranges::sort(*names);
  return names;
}

bool differ(const farm::LicensingSettings& policy, const farm::LicensingSettings& broker) {
  const auto other = [](const auto& left, const auto& right) {
    return left && right && *left != *right;
  };
  return other(policy.licensing_type, broker.licensing_type) ||
         other(sorted_names(policy), sorted_names(broker));
}

}  // namespace

std::string recording_fault(const farm::SessionHost& host, const farm::LicenseServer& server,
                            SystemTime since) {
  if (!is_per_user(host)) return {};
  if (const auto* const seen = farm::newest_event(host.events, {not_readable}, since); seen) {
    return fmt::format(
        "licenses of users cannot be read from the directory (event 50213 or 1061 at {})",
        utc_text(seen->newest_at));
  }
  if (const auto* const seen = farm::newest_event(server.events, {not_written}, since); seen) {
    return fmt::format("{} cannot record licenses on users (event 4105 at {})",
                       farm::short_name(server.name), utc_text(seen->newest_at));
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

std::string policy_drift(const farm::SessionHost& host) {
  if (!host.policy || !host.broker || !differ(*host.policy, *host.broker)) return {};
  return fmt::format("policy ({}) and broker ({}) differ; the policy wins",
                     settings_text(*host.policy), settings_text(*host.broker));
}

}  // namespace cal::session_host_licensing
