// The keys `actors` and `security_log` of a network's `directory` block: whether to look for the
// actors of changes, and where.
#pragma once

#include "agent/contract/options.h"
#include "probes/actors/actor_search.h"

#include <vector>

namespace cal {

// Empty unless `actors` is true.
std::vector<actors::LogSource> read_security_log(Options& directory);

}  // namespace cal
