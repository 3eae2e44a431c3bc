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

// They only read.
constexpr std::string_view see_builds =
    "On each of these computers (both only read): `Get-ItemProperty "
    "'HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion' | Format-List CurrentBuild, UBR` "
    "(the build with its updates); `(Get-HotFix).HotFixID | Sort-Object`.";
constexpr std::string_view ask_microsoft =
    "Open a case with Microsoft support now, since only they know what the status means: with the "
    "status, the builds and the lists of updates. Go on comparing meanwhile.";
constexpr std::string_view one_by_one =
    "in a maintenance window, after a backup or a snapshot; test, then take the next update";
constexpr std::string_view if_nothing_differs =
    "Nothing differs: change nothing, and wait for Microsoft support. A preview of Windows: "
    "replace it by a released version.";

Names names_of_servers(const std::vector<FaultyServer>& servers) {
  Names names;
  for (const auto& server : servers) names.push_back(server.name);
  return names;
}

// Where a difference must not spread to the computers that work.
std::string what_follows(const Group& group) {
  if (!group.model) {
    return fmt::format(
        "What follows. An update is on one side only: tell Microsoft support its number, and "
        "install it where it is missing, on one computer first, {}. Remove an update only if they "
        "ask for it. {}",
        one_by_one, if_nothing_differs);
  }
  return fmt::format(
      "What follows. An update that {0} has and {1} {2} not: install it on {3} first, {4}. One "
      "that {1} {2} and {0} has not: do not install it on {0}, which works; tell Microsoft support "
      "its number, and remove it only if they ask for it.{5} {6}",
      group.model->host, hosts_of(group), group.hosts.size() == 1 ? "has" : "have",
      group.hosts.front()->host, one_by_one,
      group.shares_server_with_model()
          ? fmt::format(" Change nothing on {} meanwhile.", servers_of(group))
          : "",
      if_nothing_differs);
}

std::string text_for(const Group& group) {
  const auto known = fmt::format(
      "{} answer{} that {} not suit {}, although their versions of Windows fit. It is not known "
      "why, and nothing shows that another license server would help.",
      servers_of(group), group.servers.size() == 1 ? "s" : "",
      group.servers.size() == 1 ? "it does" : "they do", hosts_of(group));
  if (!group.model) {
    return fmt::format(
        "{} See on each of them whether it is a preview of Windows, and which updates it has that "
        "others have not.",
        known);
  }
  return fmt::format(
      "{} Compare the builds and updates of {} with those of {}, which gets licenses from {}{}; "
      "see also whether one is a preview of Windows.",
      known, hosts_of(group), group.model->host,
      in_sentence(names_of_servers(group.model->servers)),
      group.shares_server_with_model()
          ? fmt::format(", and only then with those of {}", servers_of(group))
          : "");
}

}  // namespace

std::vector<const HostVerdict*> served_hosts(const std::vector<Group>& groups) {
  std::vector<const HostVerdict*> hosts;
  for (const auto& group : groups) {
    if (group.reason->verdict != Verdict::clear) continue;
    std::ranges::copy_if(group.hosts, std::back_inserter(hosts),
                         [](const HostVerdict* host) { return !host->servers.empty(); });
  }
  return hosts;
}

const HostVerdict* model_for(const Group& group, const std::vector<Group>& groups) {
  const auto served = served_hosts(groups);
  const auto same = std::ranges::find_if(served, [&](const HostVerdict* host) {
    return std::ranges::any_of(host->servers, [&](const FaultyServer& server) {
      return std::ranges::find(group.servers, server.name, &FaultyServer::name) !=
             group.servers.end();
    });
  });
  if (same != served.end()) return *same;
  return served.empty() ? nullptr : served.front();
}

std::vector<RepairStep> comparison(const Group& group, const Facts& facts) {
  const auto versions = versions_of(group, facts);
  std::vector<RepairStep> steps;
  if (versions == Versions::too_old) {
    steps.push_back({capitalized(other_step_sentence(group))});
  } else {
    steps.push_back({versions == Versions::fit ? text_for(group) : step_sentence(group)});
  }
  auto beside = notes_for(group);
  beside.emplace_back(ask_microsoft);
  beside.emplace_back(see_builds);
  beside.push_back(what_follows(group));
  steps.front().beside = std::move(beside);
  if (versions == Versions::unknown) {
    steps.push_back({fmt::format("Only if a license server is older than the newest host: {}",
                                 other_step_sentence(group))});
  }
  return steps;
}

std::string meanwhile_note(const Group& refused, const std::vector<Group>& groups, SystemTime now) {
  const auto hosts = served_hosts(groups);
  if (hosts.empty()) return {};
  Names names;
  auto oldest = hosts.front()->data_at;
  for (const auto* host : hosts) {
    oldest = std::min(oldest, host->data_at);
    if (names.size() < max_served) names.push_back(host->host);
  }
  const bool one = hosts.size() == 1;
  const auto named = list_with_and(names, hosts.size());
  // A host that is restarted by its plan lets sessions in again by that.
  const bool is_restarted = refused.reason == &reason("host_certificate_bad");
  return fmt::format(
      "Meanwhile: {} {} users licenses by {}{}. Whether the refused users may log on there, the "
      "exports do not say. If they may, drain {} (`change logon {}`, as administrator), so that "
      "new sessions go to {}: a connection broker sends them there; without one, tell the users. "
      "While a host is drained, its fault is not shown (not_applicable): {}.",
      named, one ? "gives" : "give", one ? "its export" : "their exports",
      oldest ? fmt::format("{} of {}", one ? "" : ", the oldest", short_time_text(*oldest, now))
             : std::string(),
      hosts_of(refused), is_restarted ? "/drainuntilrestart" : "/drain", named,
      is_restarted ? "its restart ends that" : "`change logon /enable` before you test it");
}

}  // namespace cal::session_host_licensing
