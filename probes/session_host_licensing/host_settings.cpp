#include "probes/session_host_licensing/host_settings.h"

#include "probes/farm/versions.h"
#include "probes/inventory/session_hosts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cal::session_host_licensing {

using farm::SessionHost;
using Names = std::vector<std::string>;

bool is_mode(std::optional<std::int64_t> type) { return inventory::mode_is_set(type.value_or(0)); }

void give(SessionHost& host, Place place, const farm::LicensingSettings& settings) {
  if (settings.licensing_type) host.licensing_type = settings.licensing_type;
  if (settings.servers) host.specified_servers = settings.servers;
  if (place == Place::host) return;
  auto& kept = place == Place::policy ? *host.policy : *host.broker;
  if (settings.licensing_type) kept.licensing_type = settings.licensing_type;
  if (settings.servers) kept.servers = settings.servers;
}

std::optional<repair::Deployment> deployment_of(const SessionHost& host) {
  if (!host.broker || !host.broker->licensing_type || !host.broker->servers) return std::nullopt;
  return repair::Deployment{*host.broker->licensing_type, *host.broker->servers};
}

std::string settings_text(const farm::LicensingSettings& settings) {
  Names parts;
  if (settings.licensing_type) parts.push_back(farm::mode_text(*settings.licensing_type));
  if (settings.servers) {
    parts.push_back(settings.servers->empty()
                        ? "no license server"
                        : fmt::format("license servers {}", fmt::join(*settings.servers, ", ")));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string state_of(const SessionHost& host) {
  const auto text = [](const std::optional<farm::LicensingSettings>& settings) {
    if (!settings) return std::string("?");
    return fmt::format("{} {}", settings->licensing_type.value_or(0),
                       fmt::join(settings->servers.value_or(Names{}), ","));
  };
  return fmt::format("{}|{}|{}|{}|{}|{}", text(host.policy), text(host.broker),
                     farm::version_of_build(host.os_build).value_or(0),
                     host.domain.value_or("?") == "", host.licensing_type.value_or(0),
                     fmt::join(host.specified_servers.value_or(Names{}), ","));
}

Names names_in(const Batch& batch) {
  Names names;
  for (const auto* host : batch) names.push_back(host->name);
  return names;
}

}  // namespace cal::session_host_licensing
