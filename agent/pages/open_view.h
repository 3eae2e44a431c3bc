// What somebody sees who may not see a repair plan: results without what would be a map for an
// attacker (Evidence::open_text). A line says that something was left out, and how to see it. Pure.
#pragma once

#include "agent/run/board.h"

#include <vector>

namespace cal {

Rows open_rows(Rows rows);

std::vector<Episode> open_episodes(std::vector<Episode> episodes);

}  // namespace cal
