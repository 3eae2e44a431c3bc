// The names of the host that the agent runs on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cal {

// All names on the lines of a hosts file (hosts(5)) that hold `name`. Pure.
std::vector<std::string> names_beside(std::string_view hosts_file, std::string_view name);

// "localhost"; the name of the system, as it is, as its first label, and with each search domain of
// resolv.conf; and the names beside it in /etc/hosts. Asks no name server.
std::vector<std::string> own_names();

}  // namespace cal
