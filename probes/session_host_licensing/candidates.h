// Which license servers to enter where a session host has none, or none that suits it: those that
// the exports know, and that hosts reach. Pure.
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

  // ": LS1 and LS2, as on RDSH3", to be put after "Specify a license server"; empty: none is known.
  std::string for_hosts_of(const Group& group) const;

 private:
  struct Listed {
    std::string name;
    std::int64_t hosts;
    const farm::SessionHost* first;     // of them
    const farm::LicenseServer* server;  // its export, or null
  };

  const farm::Exports& exports_;
  std::set<std::string> not_reached_;                           // by some host; short names
  std::multimap<std::string, const farm::SessionHost*> hosts_;  // by short name
  std::vector<Listed> listed_;                                  // the most frequent first
};

}  // namespace cal::session_host_licensing
