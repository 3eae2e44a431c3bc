// Results for an audience that may not see a repair plan: without what would help an attacker
// (Evidence::open_text). A line says that something was left out, and how to see it. Pure.
#pragma once

#include "agent/run/board.h"

#include <vector>

namespace cal {

Rows open_rows(Rows rows);

std::vector<Episode> open_episodes(std::vector<Episode> episodes);

}  // namespace cal
