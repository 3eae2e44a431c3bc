// A server to try: what an LDAP URI says. Pure.
#pragma once

#include "probes/ldap/fault.h"

#include <cstdint>
#include <string>

namespace cal::ldap {

struct Server {
  std::string uri;   // as configured: what messages show
  std::string host;  // a name or an IP address without brackets
  std::uint16_t port;
  bool tls_from_start;  // ldaps://
};

// "ldap://HOST[:PORT][/]" or "ldaps://...", nothing behind it.
Result<Server> parse_server(const std::string& uri);

}  // namespace cal::ldap
