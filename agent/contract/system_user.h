// The user that this process runs as.
#pragma once

#include <string>

namespace cal {

std::string system_user();  // its name, or its number if it has no name

}  // namespace cal
