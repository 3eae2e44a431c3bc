// The page at `/`, for whoever is on call: for each network first the diagnosis with the first step
// that fixes it, then the licenses, then every probe. Many networks are groups that share an
// answer, and a search shows some of them whole. Works without a script. Pure.
#pragma once

#include "agent/pages/link.h"
#include "agent/run/board.h"

#include <string>
#include <string_view>
#include <vector>

namespace cal {

// More networks than these are groups.
inline constexpr std::size_t max_networks_shown = 8;

// Which networks; empty: all.
struct StatusQuery {
  std::string_view search = {};  // a part of the name, in upper or lower case
  std::string_view cause = {};   // the primary cause of the diagnosis, `none` or `cannot_tell`
};

// `paused`: the networks that the configuration pauses, which have no rows.
std::string status_page(const Links& links, const Rows& rows, const StatusQuery& query,
                        SystemTime now, const std::vector<std::string>& paused = {});

}  // namespace cal
