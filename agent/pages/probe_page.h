// The page /probes/NETWORK/PROBE: what one probe finds now and found over time, and where
// the answer turned. Pure.
#pragma once

#include "agent/pages/link.h"
#include "agent/run/board.h"

#include <string>

namespace cal {

std::string probe_page(const Links& links, const Board::Past& past, SystemTime now);

}  // namespace cal
