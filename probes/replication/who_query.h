// How a person finds out who made a change: the agent does not read it. Pure.
#pragma once

#include "agent/contract/repair.h"
#include "probes/replication/write_history.h"

#include <optional>
#include <string>

namespace cal::replication {

// Reads the metadata of the object on `server`, and the events of these seconds from the security
// log of the domain controller that wrote. It changes nothing. Empty if that one is not known, or a
// name cannot be in a command.
std::optional<WhoQuery> find_out_who(const Write& write, const std::string& server);

}  // namespace cal::replication
