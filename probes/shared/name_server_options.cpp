#include "probes/shared/name_server_options.h"

#include "agent/base/host_port.h"
#include "probes/net/address.h"

#include <fmt/format.h>

namespace cal {

namespace {

// An address; one of IPv6 may be in brackets, and has to be where a port follows.
bool is_name_server(const std::string& text) {
  if (net::Address::parse(text)) return true;
  const auto parts = parse_host_port(text);
  if (!parts || parts->port == 0) return false;
  const auto address = net::Address::parse(std::string(parts->host));
  return address && parts->bracketed == (address->family == net::Family::v6);
}

}  // namespace

std::vector<std::string> read_name_servers(Options& options) {
  auto name_servers = options.texts("name_servers");
  for (const auto& server : name_servers) {
    if (!is_name_server(server)) {
      options.error("name_servers",
                    fmt::format("'{}' is not an address{}; write 10.0.0.10, 10.0.0.10:53 or "
                                "[2001:db8::10]:53",
                                server, server.find('%') == server.npos ? "" : " without a zone"));
    }
  }
  for (auto& server : name_servers) {
    if (server.starts_with('[') && server.ends_with(']')) {
      server = server.substr(1, server.size() - 2);  // c-ares knows brackets only before a port
    }
  }
  return name_servers;
}

}  // namespace cal
