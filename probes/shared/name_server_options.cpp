#include "probes/shared/name_server_options.h"

#include <fmt/format.h>

#include <regex>

namespace cal {

std::vector<std::string> read_name_servers(Options& options) {
  static const std::regex good(R"(([0-9.]+|[0-9A-Fa-f:]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?)");
  auto name_servers = options.texts("name_servers");
  for (const auto& server : name_servers) {
    if (!std::regex_match(server, good)) {
      options.error("name_servers",
                    fmt::format("'{}' is not an address; write 10.0.0.10 or 10.0.0.10:53", server));
    }
  }
  return name_servers;
}

}  // namespace cal
