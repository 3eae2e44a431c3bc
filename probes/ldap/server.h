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
  bool tls_from_start;  // ldaps://
};

// "ldap://HOST[:PORT][/]" or "ldaps://...", with nothing after it.
Result<Server> parse_server(const std::string& uri);

}  // namespace cal::ldap
