// Finds out why a TLS handshake with a directory server failed. libldap reports only that it did,
// so this makes a second connection, accepts any certificate, and verifies it by the same rules.
#pragma once

#include "agent/base/clock.h"
#include "probes/ldap/fault.h"
#include "probes/net/address.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace cal::ldap {

// Debian's bundle of the CAs that the system trusts.
inline const std::string system_ca_file = "/etc/ssl/certs/ca-certificates.crt";

struct TlsPeer {
  net::Address address;  // the one that the first connection reached
  std::uint16_t port;
  std::string host;  // the name that the certificate must have
  bool start_tls;
  std::filesystem::path ca_file;
};

// The request for StartTLS got no answer: says so if the port uses TLS from the start, which
// another connection finds out; otherwise returns `fault`.
Fault explain_start_tls(const TlsPeer& peer, const std::string& tried, Fault fault,
                        Deadline deadline);

// `tried` begins the message. `seen` is libldap's text, used when the certificate is not the
// reason. Kind: the first of tls_untrusted, tls_expired and tls_name_mismatch that applies, else
// tls_failed.
Fault diagnose_tls(const TlsPeer& peer, const std::string& tried, const std::string& seen,
                   Deadline deadline);

}  // namespace cal::ldap
