// Per-device licenses that an administrator can take back from devices. Pure.
#pragma once

#include "agent/contract/repair.h"
#include "probes/session_host_licensing/groups.h"
#include "probes/session_host_licensing/session_host_licensing.h"

#include <optional>
#include <string>

namespace cal::session_host_licensing {

// On the servers of the group. Empty: none of them has an export with a pack of which one may be
// revoked.
std::optional<RepairStep> revocation(const Group& group, const Facts& facts);

// How many devices have temporary licenses; empty: none, or it is not known.
std::string temporary_note(const Group& group, const Facts& facts);

}  // namespace cal::session_host_licensing
