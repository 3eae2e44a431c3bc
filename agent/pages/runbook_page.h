// The pages /runbooks/PROBE and /runbooks/PROBE?network=N: what this agent sees now, above the
// steps that fix it. Pure.
#pragma once

#include "agent/http/message.h"
#include "agent/pages/link.h"
#include "agent/run/board.h"

#include <string>
#include <string_view>
#include <vector>

namespace cal {

// `markdown` is the probe's runbook; `rows` are all of the board, of which this probe's are shown.
// With a network, only that one, with the steps for the reason that was found; all else is folded.
// Empty: every network. `episodes` are the history of that one, newest first. The repair plan of
// that one is for a trusted audience.
std::string runbook_page(const Links& links, std::string_view probe, std::string_view markdown,
                         const Rows& rows, std::string_view network,
                         const std::vector<Episode>& episodes, SystemTime now,
                         Audience audience = Audience::anyone);

}  // namespace cal
