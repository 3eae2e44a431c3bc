#include "probes/session_host_licensing/server_plan.h"

#include "probes/farm/server_names.h"
#include "probes/host_verdict/reasons.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace cal::session_host_licensing {

namespace {

using farm::SessionHost;
using Names = std::vector<std::string>;

constexpr std::size_t max_servers = 3;  // in a new list

// As other hosts list it, so that the farm has one name for it.
std::string listed_name(const farm::LicenseServer& server, const Facts& facts) {
  const auto wanted = farm::short_name(server.name);
  for (const auto& host : facts.exports.hosts) {
    for (const auto& name : host.specified_servers.value_or(Names{})) {
      if (farm::short_name(name) == wanted) return name;
    }
  }
  return server.dns_name.empty() ? server.name : server.dns_name;
}

bool are_activated(const Names& names, const Facts& facts) {
  return std::ranges::all_of(names, [&](const std::string& name) {
    return std::ranges::any_of(facts.exports.servers, [&](const farm::LicenseServer& server) {
      return farm::short_name(server.name) == farm::short_name(name) &&
             server.activation_status == 0;
    });
  });
}

// Those of a host that gets licenses, if all are activated, and that host; or else those that are
// known to be activated.
std::pair<Names, const SessionHost*> servers_for(const SessionHost& host, const PlanDraft& draft) {
  const auto* const model = draft.candidates.licensed_with(host.licensing_type.value_or(0), host);
  if (model && are_activated(*model->specified_servers, draft.facts)) {
    return {*model->specified_servers, model};
  }
  Names servers;
  for (const auto& server : draft.facts.exports.servers) {
    if (server.activation_status != 0 || servers.size() == max_servers) continue;
    servers.push_back(listed_name(server, draft.facts));
  }
  return {std::move(servers), nullptr};
}

}  // namespace

void plan_servers(PlanDraft& draft, const Batch& batch) {
  const auto& host = *batch.front();
  const auto& changes = draft.changes;
  auto [servers, model] = servers_for(host, draft);
  const auto* const changed = changes.common(list_changed);
  const bool as_before = changed && are_activated(changes.before->servers, draft.facts);
  if (as_before) {
    draft.settled.push_back(*changed);
    servers = changes.before->servers;
    model = nullptr;
  }
  const auto in = [](const std::optional<farm::LicensingSettings>& settings) {
    return settings && settings->servers && !settings->servers->empty();
  };
  if (draft.is_set_already(batch, "the license servers", in(host.policy), in(host.broker))) return;
  if (servers.empty()) {
    draft.advise(
        fmt::format("{}: no activated license server has sent an export, so none is proposed. An "
                    "administrator of the license server activates it and exports it; then the "
                    "plan names it. ({})",
                    hosts_text(batch), reason("no_license_server").action));
    return;
  }
  const auto deployment = deployment_of(host);
  const bool by_policy = is_mode(host.policy->licensing_type) && host.domain != "";
  const auto place = deployment ? Place::deployment : by_policy ? Place::policy : Place::host;
  std::optional<RepairStep> step;
  std::string_view where;  // {hosts} is filled in
  std::string by_hand;     // the way to it
  std::string_view note;
  std::string_view if_it_stops;
  switch (place) {
    case Place::deployment:
      step = repair::set_deployment(*deployment, {deployment->mode, servers});
      where = "In the deployment of the connection broker of {hosts}";
      by_hand = deployment_by_hand;
      break;
    case Place::policy:
      step = repair::set_policy_servers(servers, names_in(batch));
      where = "In the policy that sets the licensing mode of {hosts}";
      by_hand = fmt::format(domain_policy, "Use the specified Remote Desktop license servers");
      note = in_policy;
      if_it_stops = if_set_already;
      break;
    case Place::host:
      step = repair::set_own_servers(servers);
      where = "On each of {hosts}";
      by_hand = fmt::format(local_policy, "Use the specified Remote Desktop license servers");
      note = "Run it on the session host, as an administrator.";
      break;
  }
  draft.add(std::move(step), batch,
            fmt::format("{}, enter the license servers {}{}.",
                        fmt::format(fmt::runtime(where), fmt::arg("hosts", hosts_text(batch))),
                        fmt::join(servers, ", "),
                        as_before ? draft.until_text()
                        : model   ? fmt::format(", as on {}", model->name)
                                  : ""),
            {by_hand,
             fmt::format("{} The next export of the hosts shows whether they reach them.",
                         as_before ? "The hosts got licenses with these."
                         : model   ? fmt::format("{} gets licenses with these.", model->name)
                                   : "These are the activated license servers that are known."),
             std::string(note), std::string(if_it_stops), owned_by_another},
            place, {std::nullopt, servers});
}

}  // namespace cal::session_host_licensing
