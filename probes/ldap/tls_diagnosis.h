// Why a TLS handshake with a directory server failed. libldap says only that it did, so this makes
// a second connection, takes the certificate without trusting it, and judges it by the same rules.
#pragma once

#include "agent/base/clock.h"
#include "probes/ldap/fault.h"
#include "probes/net/address.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace cal::ldap {

// Debian's bundle of the CAs that the system trusts.
inline const std::filesystem::path system_ca_file = "/etc/ssl/certs/ca-certificates.crt";

struct TlsPeer {
  net::Address address;  // the one that the first connection reached
  std::uint16_t port;
  std::string host;  // what the certificate has to be made out to
  bool start_tls;
  std::filesystem::path ca_file;
};

// `tried` begins the message; `seen` is what libldap said, used when the certificate is not the
// reason. Kind: tls_untrusted before tls_expired before tls_name_mismatch, else tls_failed.
Fault diagnose_tls(const TlsPeer& peer, const std::string& tried, const std::string& seen,
                   Deadline deadline);

}  // namespace cal::ldap
