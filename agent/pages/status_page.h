// The page at `/`, for whoever is on call: for each network first the diagnosis with the first step
// that fixes it, then the licenses, then every probe with its evidence. Many networks are a list
// with one line each, and a search shows some of them whole. Works without a script. Pure.
#pragma once

#include "agent/pages/link.h"
#include "agent/run/board.h"

#include <string>
#include <string_view>

namespace cal {

// More networks than these are a list. `search` selects networks by a part of their name, in upper
// or lower case.
inline constexpr std::size_t max_networks_shown = 8;

std::string status_page(const Links& links, const Rows& rows, std::string_view search,
                        SystemTime now);

}  // namespace cal
