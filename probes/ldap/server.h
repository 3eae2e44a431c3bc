// A server to try, parsed from its LDAP URI. Pure.
#pragma once

#include "probes/ldap/fault.h"

#include <cstdint>
#include <string>

namespace cal::ldap {

struct Server {
  std::string uri;   // as configured, for messages
  std::string host;  // a name or an IP address without brackets
  std::uint16_t port;
  bool tls_from_start;         // ldaps://
  std::string certified_name;  // what its certificate must name: the host, unless changed
};

// The ports on which a domain controller serves the Global Catalog: a part of the attributes of all
// objects of the forest.
inline constexpr std::uint16_t global_catalog_port = 3268;
inline constexpr std::uint16_t global_catalog_tls_port = 3269;

constexpr bool is_global_catalog_port(std::uint16_t port) {
  return port == global_catalog_port || port == global_catalog_tls_port;
}

// "ldap://HOST[:PORT][/]" or "ldaps://...", with nothing after it.
Result<Server> parse_server(const std::string& uri);

}  // namespace cal::ldap
