// Session hosts with the same fault are one finding: a license server that is the cause for twenty
// hosts is reported once. Pure.
#pragma once

#include "probes/host_verdict/host_judgment.h"
#include "probes/host_verdict/refusal.h"

namespace cal::session_host_licensing {

struct Group {
  const Reason* reason;
  Severity severity;
  std::vector<FaultyServer> servers;      // that are the cause; since when: the earliest of them
  std::vector<const HostVerdict*> hosts;  // never empty
  std::vector<RefusalOnHosts> refusals = {};  // never empty
  bool other_servers = false;
  std::string candidates = {};   // what to enter, for people; see candidates.h
  std::string reached_by = {};   // a host that gets licenses from one of `servers` nevertheless
  std::string left_domain = {};  // what to do about it, for people; empty: the hosts are in theirs
  // A host that gets licenses, to compare with: one that uses one of `servers`, if there is one.
  const HostVerdict* model = nullptr;
  bool versions_fit = false;  // of Windows, as far as known: then they are not the cause
  std::int64_t needed = 0;    // licenses, at least; 0: not known; see demand.h

  bool refuses() const { return hosts.front()->refuses(); }
  bool shares_server_with_model() const;
  std::optional<SystemTime> since() const;  // when the first server was lost
};

// The worst first, then the one with the most hosts. The verdicts must outlive the groups.
std::vector<Group> groups_of(const std::vector<HostVerdict>& verdicts);

// Of a host that sent no usable export. They are one finding, whatever the reason.
bool is_silent(const Reason& why);

// "RDSH1, RDSH2 and 10 more"
std::string names_of(const Group& group, std::size_t max_names);

// "RDSH1 and RDSH2", "RDSH1, RDSH2, RDSH3 and 9 more", in a sentence.
std::string hosts_of(const Group& group);
std::string servers_of(const Group& group);
std::string in_sentence(const std::vector<std::string>& names);

}  // namespace cal::session_host_licensing
