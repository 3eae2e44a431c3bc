// The page at `/`, for whoever is called at night: for each network first the diagnosis with its
// evidence and the first step that fixes it, then the licences, then every probe. Of many networks
// the page lists all in one line each and shows those that are searched for. Needs no script and
// nothing from outside; all that comes from elsewhere is escaped. Pure.
#pragma once

#include "agent/run/board.h"

#include <string>
#include <string_view>

namespace cal {

// More networks than these are listed; those whose name contains `search`, in upper or lower case,
// are shown whole.
inline constexpr std::size_t max_networks_shown = 8;

std::string status_page(const Rows& rows, std::string_view search, SystemTime now);

}  // namespace cal
