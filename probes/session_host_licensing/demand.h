// How many licenses a group of hosts needs at least, by what its license servers have issued. Pure.
#pragma once

#include "probes/session_host_licensing/groups.h"
#include "probes/session_host_licensing/session_host_licensing.h"

#include <cstdint>
#include <string>

namespace cal::session_host_licensing {

// 0: not known. A user or a device may be counted on several servers, so that it is the number of
// the one with the most, not the sum.
std::int64_t licenses_needed_at_least(const Group& group, const Facts& facts);

// From which numbers it comes, and what it does not say. Empty: it is not known.
std::string demand_note(const Group& group, const Facts& facts);

}  // namespace cal::session_host_licensing
