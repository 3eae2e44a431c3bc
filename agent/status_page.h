// The page at `/`: every network's probes with verdict, reason, evidence and age. Needs no script
// and nothing from outside; all that comes from elsewhere is escaped. Pure.
#pragma once

#include "agent/board.h"

#include <string>
#include <string_view>

namespace cal {

std::string status_page(const Rows& rows, System now);

// The style sheet that the page asks for at this path.
inline constexpr std::string_view style_path = "/style.css";
std::string_view style_sheet();

}  // namespace cal
