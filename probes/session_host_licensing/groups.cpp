#include "probes/session_host_licensing/groups.h"

#include "agent/base/text.h"
#include "probes/session_host_licensing/reasons.h"

#include <fmt/format.h>

#include <algorithm>
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

void add(const HostVerdict& verdict, Group& group) {
  const auto earlier = [](std::optional<SystemTime>& known, const std::optional<SystemTime>& time) {
    if (time && (!known || *time < *known)) known = time;
  };
  group.hosts.push_back(&verdict);
  earlier(group.since, verdict.since);
  earlier(group.when, verdict.when);
  group.other_servers = group.other_servers || verdict.other_servers;
  if (verdict.refusing_not_known.empty()) return;
  if (++group.not_known == 1) group.why_not_known = verdict.refusing_not_known;
}

// Hosts that get a license are one group, whichever server they get it from.
std::string cause_server(const HostVerdict& verdict) {
  return verdict.reason->severity == Severity::ok ? std::string() : verdict.server;
}

using Key = std::tuple<const Reason*, Severity, std::string>;  // all silent hosts have the same

Key key_of(const HostVerdict& verdict) {
  if (is_silent(*verdict.reason)) return {nullptr, Severity::warning, ""};
  return {verdict.reason, verdict.severity, cause_server(verdict)};
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
    if (added) groups.push_back({verdict.reason, verdict.severity, cause_server(verdict), {}});
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

}  // namespace cal::session_host_licensing
