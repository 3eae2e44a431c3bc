// The key `name_servers`: DNS servers to ask instead of the system's.
#pragma once

#include "agent/contract/options.h"

#include <string>
#include <vector>

namespace cal {

// Each "ADDRESS" or "ADDRESS:PORT"; empty without the key. Errors are collected in the options.
std::vector<std::string> read_name_servers(Options& options);

}  // namespace cal
