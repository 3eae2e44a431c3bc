// What repairs a fault, with its commands, on a runbook's page. Pure.
#pragma once

#include "agent/http/message.h"
#include "agent/pages/html.h"
#include "agent/run/board.h"

namespace cal {

// For a client that is not trusted, how to see the plan; nothing of the plan itself. Empty if the
// probe made none.
Html repair_section(const Row& row, Audience audience);

// Whether it has steps for what was found on this network, beyond the outcome's action.
bool shows_steps(const Outcome& outcome, Audience audience);

}  // namespace cal
