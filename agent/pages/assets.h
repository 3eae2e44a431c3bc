// The files of agent/pages/assets, embedded in the program by agent/embed.cmake.
#pragma once

#include <string_view>

namespace cal {

// The text of "style.css" or "refresh.js"; empty for any other name.
std::string_view asset(std::string_view name);

}  // namespace cal
