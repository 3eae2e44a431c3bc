// What to enter where a session host has no license server, or none that suits it: the servers that
// the exports know, and that hosts reach; or no mode: that of the others. Pure.
#pragma once

#include "probes/farm/exports.h"
#include "probes/farm/server_names.h"
#include "probes/session_host_licensing/groups.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace cal::session_host_licensing {

// The exports must outlive it. `groups`: what was found.
class Candidates {
 public:
  Candidates(const farm::Exports& exports, const std::vector<Group>& groups);

  // ": LS1 and LS2, as on RDSH3", to be put after "Specify a license server"; or " to per user, as
  // on RDSH3", where the mode is missing. Empty: nothing is known.
  std::string for_hosts_of(const Group& group) const;

  // A host that gets a license in this mode, of the collection of `host` if that is in one; or
  // null.
  const farm::SessionHost* licensed_with(std::int64_t mode, const farm::SessionHost& host) const;

 private:
  struct Listed {
    std::string name;
    std::int64_t hosts;
    const farm::SessionHost* first;     // of them
    const farm::LicenseServer* server;  // its export, or null
  };

  std::string servers_for(const Group& group) const;
  std::string mode_for(const Group& group) const;
  std::vector<const farm::SessionHost*> hosts_in(const Group& group) const;

  const farm::Exports& exports_;
  std::vector<const farm::SessionHost*> licensed_;
  std::set<std::string> not_reached_;                           // by some host; short names
  std::multimap<std::string, const farm::SessionHost*> hosts_;  // by short name
  std::vector<Listed> listed_;                                  // the most frequent first
};

}  // namespace cal::session_host_licensing
