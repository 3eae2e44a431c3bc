// The version of this program, from CMakeLists.txt.
#pragma once

#include <string_view>

namespace cal {

inline constexpr std::string_view version = CAL_VERSION;

}  // namespace cal
