// The page /licenses: what is installed and issued, what ends when, and what to buy by which date.
// No names of holders: those are on the command line only.
#pragma once

#include "agent/pages/link.h"
#include "agent/run/board.h"

#include <string>

namespace cal {

std::string licenses_page(const Links& links, const Rows& rows, SystemTime now);

}  // namespace cal
