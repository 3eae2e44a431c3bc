#include "probes/session_host_licensing/version_plan.h"

#include "probes/session_host_licensing/phrases.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace cal::session_host_licensing {

namespace {

using farm::SessionHost;
using Names = std::vector<std::string>;

// Where a list of license servers is set.
enum class ListPlace { domain_policy, local_policy, deployment, deployment_or_host, not_read };

// Only the export of a broker has what its deployment sets.
ListPlace place_of_list(const SessionHost& host) {
  if (!host.policy) return ListPlace::not_read;
  if (!host.policy->servers.value_or(Names{}).empty()) {
    return host.domain == "" ? ListPlace::local_policy : ListPlace::domain_policy;
  }
  const bool by_broker = host.broker && !host.broker->servers.value_or(Names{}).empty();
  return by_broker ? ListPlace::deployment : ListPlace::deployment_or_host;
}

std::string place_note(ListPlace place, const Batch& batch) {
  constexpr auto setting = "Use the specified Remote Desktop license servers";
  const auto hosts = in_sentence(names_in(batch));
  switch (place) {
    case ListPlace::domain_policy:
      return fmt::format(
          "A policy object sets the list of {} and wins over all others: change it there alone. "
          "{}. "
          "Then, on each: `gpupdate /target:computer`.",
          hosts, fmt::format(domain_policy, setting));
    case ListPlace::local_policy:
      return fmt::format("The local policy sets the list of {}: change it there alone. {}", hosts,
                         fmt::format(local_policy, setting));
    case ListPlace::deployment:
      return fmt::format(
          "The deployment of the connection broker sets the list of {}, and no policy does: change "
          "it there alone. {}",
          hosts, deployment_by_hand);
    case ListPlace::deployment_or_host:
      return fmt::format(
          "No policy sets the list of {0}. If `Get-RDLicenseConfiguration` on the connection "
          "broker "
          "shows it, change it there alone. {1} Otherwise it is set on each host itself. {2}",
          hosts, deployment_by_hand, fmt::format(local_policy, setting));
    case ListPlace::not_read:
      break;
  }
  return fmt::format(
      "Where the list of {} is set was not read; a policy wins over the deployment. {} Change it "
      "there alone.",
      hosts, see_where_it_is_set);
}

// Empty: they differ.
std::string undo_note(const Batch& batch) {
  if (batch.empty()) return {};
  const auto& list = batch.front()->specified_servers;
  const bool all_alike = list && std::ranges::all_of(batch, [&](const SessionHost* host) {
                           return host->specified_servers == list;
                         });
  return all_alike ? fmt::format("To undo it, enter {} there again.", fmt::join(*list, ", "))
                   : std::string();
}

constexpr auto move_licenses =
    "Licenses that were bought can be moved to the new server: there, RD Licensing Manager > "
    "right-click it > Manage Licenses > Migrate RDS CALs from another license server to this "
    "license "
    "server. It asks for the license program and the agreement number or license code. Licenses of "
    "an older version than the hosts' do not serve them, wherever they are installed.";

constexpr auto about_upgrades =
    "Its name stays, so that nothing is changed on the hosts. Microsoft's page \"Upgrade Remote "
    "Desktop Services deployments\" says from which version to which. Back up the server before, "
    "and "
    "see afterwards in RD Licensing Manager that it is activated and has its packs.";

}  // namespace

std::vector<RepairStep> version_plan(const Group& group, const Batch& batch) {
  std::map<ListPlace, Batch> places;
  for (const auto* host : batch) places[place_of_list(*host)].push_back(host);
  RepairStep newer{step_sentence(group)};
  for (const auto& [place, hosts] : places) newer.beside.push_back(place_note(place, hosts));
  for (auto& note : notes_for(group)) newer.beside.push_back(std::move(note));
  newer.beside.emplace_back(move_licenses);
  newer.beside.push_back(undo_note(batch));
  std::erase(newer.beside, "");
  RepairStep upgrade{other_step_sentence(group)};
  upgrade.beside = {about_upgrades, fmt::format("It needs {}, too.", licenses_needed(group))};
  upgrade.not_undone = "the former version of Windows comes back only from a backup of the server";
  upgrade.is_alternative = true;
  return {std::move(newer), std::move(upgrade)};
}

}  // namespace cal::session_host_licensing
