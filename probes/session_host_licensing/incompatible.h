// What is compared where a license server answers that it does not suit a session host, of which
// the documentation does not say why; and where users get licenses meanwhile. Pure.
#pragma once

#include "agent/contract/repair.h"
#include "probes/session_host_licensing/groups.h"
#include "probes/session_host_licensing/session_host_licensing.h"

#include <string>
#include <vector>

namespace cal::session_host_licensing {

// Those that give users licenses now.
std::vector<const HostVerdict*> served_hosts(const std::vector<Group>& groups);

// One that uses a server of the group comes first: it shows that the server works for others. Null:
// there is none.
const HostVerdict* model_for(const Group& group, const std::vector<Group>& groups);

// Another license server is a step only where one of these may be too old.
std::vector<RepairStep> comparison(const Group& group, const Facts& facts);

// "Meanwhile: RDSH3 gives users licenses by its export of 02:10 UTC." Empty: no host was seen to do
// so.
std::string meanwhile_note(const Group& refused, const std::vector<Group>& groups, SystemTime now);

}  // namespace cal::session_host_licensing
