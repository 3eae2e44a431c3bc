// The user that this process runs as.
#pragma once

#include <string>

namespace cal {

std::string system_user();  // the name; the number where there is none

}  // namespace cal
