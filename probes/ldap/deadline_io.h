// Puts a net::Stream under libldap: everything that the handle reads and writes, including the TLS
// handshake and the SASL layer, then ends by the stream's deadline. Internal to this folder.
#pragma once

#include "probes/net/stream.h"

#include <cstddef>

struct ldap;  // libldap's LDAP

namespace cal::ldap {

// For a handle made by ldap_init_fd with LDAP_PROTO_EXT from the stream's socket. The stream must
// outlive the handle. `max_message`: the largest message to accept, octets.
bool use_stream(::ldap* handle, net::Stream& stream, std::size_t max_message);

}  // namespace cal::ldap
