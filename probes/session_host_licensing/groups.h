// Session hosts with the same fault are one finding: a license server that is the cause for twenty
// hosts is reported once. Pure.
#pragma once

#include "probes/session_host_licensing/host_judgment.h"

namespace cal::session_host_licensing {

struct Group {
  const Reason* reason;
  Severity severity;
  std::string server;
  std::vector<const HostVerdict*> hosts;           // never empty
  std::optional<SystemTime> since = std::nullopt;  // the earliest of them
  std::optional<SystemTime> when = std::nullopt;   // the earliest of them
  bool other_servers = false;
  std::size_t not_known = 0;       // of how many it is not known whether they refuse users now
  std::string why_not_known = {};  // of the first of them
  std::string servers = {};        // which to enter, for people; see candidates.h

  bool refuses() const { return hosts.front()->refuses(); }
};

// The worst first, then the one with the most hosts. The verdicts must outlive the groups.
std::vector<Group> groups_of(const std::vector<HostVerdict>& verdicts);

// Of a host that sent no usable export. They are one finding, whatever the reason.
bool is_silent(const Reason& why);

// "RDSH1, RDSH2 and 10 more"
std::string names_of(const Group& group, std::size_t max_names);

}  // namespace cal::session_host_licensing
