#include "probes/session_host_licensing/incompatible.h"

#include "agent/base/text.h"
#include "probes/host_verdict/reasons.h"
#include "probes/session_host_licensing/phrases.h"
#include "probes/session_host_licensing/plan_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace cal::session_host_licensing {

namespace {

using Names = std::vector<std::string>;

constexpr std::size_t max_served = 5;

constexpr std::string_view what_follows =
    "What follows. An update on one side only: install it on the other side, too, or take it back. "
    "A preview of Windows: replace it by a released version. Neither: the documentation names no "
    "other cause, so open a case with Microsoft support, with the status and both lists of "
    "updates.";

// Those that give users licenses now.
std::vector<const HostVerdict*> served_hosts(const std::vector<Group>& groups) {
  std::vector<const HostVerdict*> hosts;
  for (const auto& group : groups) {
    if (group.reason->verdict != Verdict::clear) continue;
    std::ranges::copy_if(group.hosts, std::back_inserter(hosts),
                         [](const HostVerdict* host) { return !host->servers.empty(); });
  }
  return hosts;
}

Names names_of_servers(const std::vector<FaultyServer>& servers) {
  Names names;
  for (const auto& server : servers) names.push_back(server.name);
  return names;
}

bool uses_same(const Group& group, const HostVerdict& host) {
  return std::ranges::any_of(host.servers, [&](const FaultyServer& server) {
    return std::ranges::find(group.servers, server.name, &FaultyServer::name) !=
           group.servers.end();
  });
}

// One that uses a server of the group comes first: it shows that the server works for others.
const HostVerdict* model_for(const Group& group, const std::vector<const HostVerdict*>& served) {
  const auto same = std::ranges::find_if(
      served, [&](const HostVerdict* host) { return uses_same(group, *host); });
  if (same != served.end()) return *same;
  return served.empty() ? nullptr : served.front();
}

std::string text_with(const Group& group, const HostVerdict* model) {
  const auto known = fmt::format(
      "By their versions of Windows, {} suit{} {}: the cause is not known, and nothing shows that "
      "another license server would help.",
      servers_of(group), group.servers.size() == 1 ? "s" : "", hosts_of(group));
  if (!model) {
    return known +
           " See on each of them whether it is a preview of Windows, and which updates it "
           "has that others have not.";
  }
  return fmt::format(
      "{} Compare {} with {}, which gets licenses from {}: is one of them a preview of Windows, "
      "and which updates does one have that the other has not?{}",
      known, hosts_of(group), model->host, in_sentence(names_of_servers(model->servers)),
      uses_same(group, *model) ? fmt::format(" Since the same license server serves {}, look at "
                                             "the session hosts first.",
                                             model->host)
                               : "");
}

}  // namespace

std::vector<RepairStep> comparison(const Group& group, const std::vector<Group>& groups,
                                   const Facts& facts) {
  const auto versions = versions_of(group, facts);
  const auto* const model = model_for(group, served_hosts(groups));
  std::vector<RepairStep> steps;
  if (versions == Versions::too_old) {
    steps.push_back({capitalized(other_step_sentence(group))});
  } else {
    steps.push_back({versions == Versions::fit ? text_with(group, model) : step_sentence(group)});
  }
  auto beside = notes_for(group);
  beside.emplace_back(
      "On each of these computers (it only reads): `Get-CimInstance Win32_OperatingSystem | "
      "Format-List Caption, BuildNumber`; `Get-HotFix | Sort-Object InstalledOn | Select-Object "
      "-Last 5`.");
  beside.emplace_back(what_follows);
  steps.front().beside = std::move(beside);
  if (versions == Versions::unknown) {
    steps.push_back({fmt::format("Only if a license server is older than the newest host: {}",
                                 other_step_sentence(group))});
  }
  return steps;
}

std::string meanwhile_note(const std::vector<Group>& groups, SystemTime now) {
  const auto hosts = served_hosts(groups);
  if (hosts.empty()) return {};
  Names names;
  auto oldest = hosts.front()->data_at;
  for (const auto* host : hosts) {
    oldest = std::min(oldest, host->data_at);
    if (names.size() < max_served) names.push_back(host->host);
  }
  const bool one = hosts.size() == 1;
  return fmt::format(
      "Meanwhile: {} {} users licenses by {}{}. Whether the refused users may log on there, the "
      "exports do not say.",
      list_with_and(names, hosts.size()), one ? "gives" : "give",
      one ? "its export" : "their exports",
      oldest ? fmt::format("{} of {}", one ? "" : ", the oldest", short_time_text(*oldest, now))
             : std::string());
}

}  // namespace cal::session_host_licensing
