// How a person finds out who made a change: the agent does not read it. Pure.
#pragma once

#include "agent/contract/repair.h"
#include "probes/replication/write_history.h"

#include <optional>
#include <string>
#include <string_view>

namespace cal::replication {

// `why`: why this change is asked about, for the middle of a sentence.
// Reads the metadata of the object on `server`, and the events of these seconds from the security
// log of the domain controller that wrote. It changes nothing. Empty if that one is not known, or a
// name cannot be in a command.
std::optional<WhoQuery> find_out_who(const Write& write, const std::string& server,
                                     std::string_view why);

}  // namespace cal::replication
