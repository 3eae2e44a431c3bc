// A TLS handshake in memory, between the server that was configured and a client with the same
// priorities: whether any client can connect is a matter of key, certificate and priorities
// together, which only GnuTLS knows.
#pragma once

#include <tl/expected.hpp>

#include <string>

namespace cal {

// GnuTLS' reason when no handshake works. Certificate and key are a pair in PEM. Takes some
// milliseconds.
tl::expected<void, std::string> try_handshake(const std::string& certificate_pem,
                                              const std::string& key_pem,
                                              const std::string& priorities);

}  // namespace cal
