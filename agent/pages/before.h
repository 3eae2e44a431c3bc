// What was seen before a fault, beside what is seen now. Pure.
#pragma once

#include "agent/pages/html.h"
#include "agent/run/history.h"

#include <vector>

namespace cal {

// Of the items that are at fault now, those that were seen otherwise when the result was last good.
// Empty if nothing is at fault, or it was never seen good.
Html before_html(const Outcome& outcome, const std::vector<Episode>& newest_first, SystemTime now);

}  // namespace cal
