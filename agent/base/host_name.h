// The name of the machine that the agent runs on.
#pragma once

#include <string>

namespace cal {

// Empty if it has none.
std::string host_name();

}  // namespace cal
