// Results for an audience that may not see a repair plan: without what would help an attacker
// (Evidence::open_text). A line says that something was left out, and how to see it. Pure.
#pragma once

#include "agent/run/board.h"

#include <string_view>
#include <vector>

namespace cal {

// Where a page shows all.
inline constexpr std::string_view where_all_is_shown =
    "there, on localhost, and over TLS to a client with a password or a verified certificate";

Rows open_rows(Rows rows);

std::vector<Episode> open_episodes(std::vector<Episode> episodes);

}  // namespace cal
