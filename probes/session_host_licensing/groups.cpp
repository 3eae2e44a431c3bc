#include "probes/session_host_licensing/groups.h"

#include "agent/base/text.h"
#include "probes/host_verdict/reasons.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>

namespace cal::session_host_licensing {

namespace {

int rank_of(const Reason& why, Severity severity) {
  switch (why.verdict) {
    case Verdict::present:
      return severity == Severity::critical ? 0 : 1;
    case Verdict::unknown:
      return 2;
    case Verdict::clear:
      break;
  }
  if (severity != Severity::ok) return 3;
  return &why == &reason("not_applicable") ? 5 : 4;
}

bool is_earlier(const std::optional<SystemTime>& time, const std::optional<SystemTime>& than) {
  return time && (!than || *time < *than);
}

void add(const HostVerdict& verdict, Group& group) {
  group.hosts.push_back(&verdict);
  group.other_servers = group.other_servers || verdict.other_servers;
  for (std::size_t i = 0; i < group.servers.size(); ++i) {
    auto& since = group.servers[i].since;
    if (is_earlier(verdict.servers[i].since, since)) since = verdict.servers[i].since;
  }
  auto& refusals = group.refusals;
  const auto same = std::ranges::find(refusals, verdict.refusal, &RefusalOnHosts::refusal);
  if (same == refusals.end()) {
    refusals.push_back({verdict.refusal, 1, verdict.refusal_at, verdict.refusing_not_known});
    return;
  }
  ++same->hosts;
  if (is_earlier(verdict.refusal_at, same->at)) same->at = verdict.refusal_at;
}

// Hosts that get a license are one group, whichever server they get it from, and all silent hosts.
std::vector<FaultyServer> cause_servers(const HostVerdict& verdict) {
  if (verdict.reason->severity == Severity::ok) return {};
  return verdict.servers;
}

std::string text_of_servers(const std::vector<FaultyServer>& servers) {
  std::string text;
  for (const auto& each : servers) text += each.name + ",";
  return text;
}

// The last: settings that differ from others are as many findings as there are differences.
using Key = std::tuple<const Reason*, Severity, std::string, std::string>;

Key key_of(const HostVerdict& verdict) {
  if (is_silent(*verdict.reason)) return {nullptr, Severity::warning, "", ""};
  const bool drifts = verdict.reason == &reason("configuration_drift");
  return {verdict.reason, verdict.severity, text_of_servers(cause_servers(verdict)),
          drifts ? verdict.text : std::string()};
}

}  // namespace

bool is_silent(const Reason& why) {
  return &why == &reason("export_missing") || &why == &reason("export_stale") ||
         &why == &reason("export_unreadable");
}

std::vector<Group> groups_of(const std::vector<HostVerdict>& verdicts) {
  std::vector<Group> groups;
  std::map<Key, std::size_t> known;
  for (const auto& verdict : verdicts) {
    const auto [found, added] = known.try_emplace(key_of(verdict), groups.size());
    if (added) groups.push_back({verdict.reason, verdict.severity, cause_servers(verdict), {}});
    auto& group = groups[found->second];
    group.reason = std::min(group.reason, verdict.reason);
    add(verdict, group);
  }
  std::ranges::stable_sort(groups, {}, [](const Group& group) {
    return std::tuple(rank_of(*group.reason, group.severity),
                      -static_cast<std::int64_t>(group.hosts.size()), group.reason);
  });
  return groups;
}

std::string names_of(const Group& group, std::size_t max_names) {
  std::vector<std::string> names;
  for (const auto* host : group.hosts) {
    if (names.size() == max_names) break;
    names.push_back(host->host);
  }
  return list_of_first(names, group.hosts.size());
}

bool Group::shares_server_with_model() const {
  return model && std::ranges::any_of(model->servers, [&](const FaultyServer& server) {
           return std::ranges::find(servers, server.name, &FaultyServer::name) != servers.end();
         });
}

std::optional<SystemTime> Group::since() const {
  std::optional<SystemTime> first;
  for (const auto& each : servers) {
    if (is_earlier(each.since, first)) first = each.since;
  }
  return first;
}

std::string in_sentence(const std::vector<std::string>& names) {
  constexpr std::size_t max_shown = 3;
  const auto shown = names.size() > max_shown + 1 ? max_shown : names.size();
  const auto last = names.begin() + static_cast<std::ptrdiff_t>(shown);
  return list_with_and({names.begin(), last}, names.size());
}

std::string hosts_of(const Group& group) {
  std::vector<std::string> names;
  for (const auto* host : group.hosts) names.push_back(host->host);
  return in_sentence(names);
}

std::string servers_of(const Group& group) {
  std::vector<std::string> names;
  for (const auto& each : group.servers) names.push_back(each.name);
  return in_sentence(names);
}

}  // namespace cal::session_host_licensing
