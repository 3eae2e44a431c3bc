#include "probes/session_host_licensing/deployment_notes.h"

#include "agent/base/text.h"
#include "probes/farm/server_names.h"
#include "probes/farm/versions.h"
#include "probes/host_verdict/hygiene.h"
#include "probes/host_verdict/stock.h"
#include "probes/session_host_licensing/groups.h"
#include "probes/session_host_licensing/plan_notes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace cal::session_host_licensing {

namespace {

using farm::LicenseKind;
using farm::LicensingSettings;
using farm::SessionHost;
using Names = std::vector<std::string>;

// Of `from` what `which` has.
LicensingSettings part_of(const LicensingSettings& from, const LicensingSettings& which) {
  LicensingSettings part;
  if (which.licensing_type) part.licensing_type = from.licensing_type.value_or(0);
  if (which.servers) part.servers = from.servers.value_or(Names{});
  return part;
}

// What of `to` the host gets from a deployment: what no policy sets.
LicensingSettings without_those_of(const LicensingSettings& policy, const LicensingSettings& to) {
  LicensingSettings rest;
  if (!is_mode(policy.licensing_type)) rest.licensing_type = to.licensing_type;
  if (policy.servers.value_or(Names{}).empty()) rest.servers = to.servers;
  return rest;
}

bool is_in_no_deployment(const SessionHost& host) {
  return host.terminal_server_mode == 0 || host.domain == "";
}

std::string effect_on(const SessionHost& host, const LicensingSettings& to) {
  const auto has = settings_text(part_of({host.licensing_type, host.specified_servers}, to));
  if (!host.policy) return fmt::format("{} now; whether a policy sets it was not read", has);
  const auto given = without_those_of(*host.policy, to);
  if (!given.licensing_type && !given.servers) return has + " by policy, stays so";
  const auto afterwards =
      settings_text(part_of({given.licensing_type ? given.licensing_type : host.licensing_type,
                             given.servers ? given.servers : host.specified_servers},
                            to));
  if (afterwards == has) return has + ", stays so";
  return fmt::format(
      "{} now; {} afterwards if it belongs to this deployment, which its export does "
      "not say",
      has, afterwards);
}

bool is_in(const Batch& batch, const SessionHost& host) {
  return std::ranges::find(batch, &host) != batch.end();
}

}  // namespace

std::string where_to_run(const Batch& brokers) {
  const auto count = brokers.size();
  return fmt::format(
      "Run it on {}, in Windows PowerShell as administrator: {}.{} It holds for all session hosts "
      "of the deployment, which `(Get-RDServer -Role RDS-RD-SERVER).Server` lists, also for those "
      "that do not export.",
      in_sentence(names_in(brokers)),
      count == 1   ? "it is a connection broker"
      : count == 2 ? "both are connection brokers"
                   : "all of them are connection brokers",
      count == 1
          ? ""
          : " If they are in one deployment, once is enough: on the other one it stops, since the "
            "deployment is no longer as it was read.");
}

std::string other_hosts_note(const Batch& batch, const LicensingSettings& to, const Facts& facts) {
  Parts parts;
  for (const auto& host : facts.exports.hosts) {
    if (!is_in(batch, host) && !is_in_no_deployment(host)) {
      parts.add(host.name, effect_on(host, to));
    }
  }
  return parts.empty() ? "" : fmt::format("Other session hosts that export. {}.", parts.text());
}

std::string free_licenses_text(const SessionHost& host, const Names& servers, LicenseKind kind,
                               const Facts& facts) {
  const farm::ServerNames known(facts.exports.servers);
  const auto version = farm::version_of_build(host.os_build);
  Parts parts;
  for (const auto& name : servers) {
    const auto* const data = known.find(name, host.domain);
    if (!version || !data || !data->key_packs) {
      parts.add(farm::short_name(name), "not known");
      continue;
    }
    const auto supply = Stock(*data, facts.now).supply(kind, *version);
    parts.add(farm::short_name(name), fmt::format("{} of {} free", supply.free, supply.total));
  }
  return parts.text_of_each();
}

std::string what_they_ask_for(const Batch& batch, std::int64_t mode, const Names& servers,
                              const Facts& facts) {
  const bool per_device = mode == repair::per_device;
  const auto kind = per_device ? LicenseKind::device : LicenseKind::user;
  return fmt::format(
      "{} then {} for {} licenses, for their version of Windows or a newer one. {}. {}",
      in_sentence(names_in(batch)), batch.size() == 1 ? "asks" : "ask",
      per_device ? "per-device" : "per-user",
      free_licenses_text(*batch.front(), servers, kind, facts),
      per_device ? "Where none is free, a new device gets a temporary license for 90 days, and is "
                   "refused after that."
                 : "Users are not refused if there are too few, but the license terms are not "
                   "kept.");
}

bool give_to_others(const Batch& batch, const Facts& facts, const LicensingSettings& to,
                    Facts& edited) {
  bool any = false;
  for (std::size_t i = 0; i < facts.exports.hosts.size(); ++i) {
    const auto& host = facts.exports.hosts[i];
    if (is_in(batch, host) || is_in_no_deployment(host)) continue;
    const auto given = without_those_of(host.policy.value_or(LicensingSettings{}), to);
    give(edited.exports.hosts[i], Place::host, given);
    any = any || given.licensing_type || given.servers;
  }
  return any;
}

std::optional<RepairStep> without_policy(const Batch& batch, const Facts& facts) {
  const auto& host = *batch.front();
  const auto& broker = *host.broker;
  const auto was = policy_drift(host).settings;
  const bool mode_differs = was.licensing_type.has_value();
  const bool servers_differ = was.servers.has_value();
  const bool would_be_without = (mode_differs && !is_mode(broker.licensing_type)) ||
                                (servers_differ && broker.servers.value_or(Names{}).empty());
  if (would_be_without) return std::nullopt;
  const auto is_meant = part_of(broker, was);
  Names settings;
  if (mode_differs) settings.emplace_back("\"Set the Remote Desktop licensing mode\"");
  if (servers_differ) settings.emplace_back("\"Use the specified Remote Desktop license servers\"");
  const auto hosts = in_sentence(names_in(batch));
  RepairStep step{fmt::format(
      "Only if what the broker sets is meant ({}): in the policy object for {}, set {} to Not "
      "Configured.",
      settings_text(is_meant), hosts, in_sentence(settings))};
  step.beside = {
      fmt::format(
          "This changes what users of {} get, and of all other hosts that the policy object "
          "applies to; on each from its next refresh on (gpupdate /target:computer). A host that "
          "has no connection broker is then without these settings, and refuses users when its "
          "grace period is over.",
          hosts),
      fmt::format(domain_policy, fmt::join(settings, "; "))};
  const auto mode = mode_differs ? broker.licensing_type : host.licensing_type;
  const auto servers = servers_differ ? broker.servers : host.specified_servers;
  if (is_mode(mode)) {
    step.beside.push_back(what_they_ask_for(batch, *mode, servers.value_or(Names{}), facts));
  }
  step.beside.push_back(
      fmt::format("To undo it: enable the same in that policy object again, with {}; then gpupdate "
                  "/target:computer.",
                  settings_text(was)));
  return step;
}

}  // namespace cal::session_host_licensing
