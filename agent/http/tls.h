// The TLS settings of the HTTP server: its certificate, the accepted versions, and what is required
// of client certificates. Created and checked once, then immutable.
#pragma once

#include "agent/http/tls_priorities.h"

#include <tl/expected.hpp>

#include <memory>
#include <set>
#include <string>

struct MHD_Connection;
struct gnutls_certificate_credentials_st;

namespace cal {

// Go's names, which exporter-toolkit's format uses.
enum class ClientCertificate {
  none,                // NoClientCert
  request,             // RequestClientCert
  require_any,         // RequireAnyClientCert
  verify_if_given,     // VerifyClientCertIfGiven
  require_and_verify,  // RequireAndVerifyClientCert
};

struct HttpTls {
  std::string certificate_pem;  // the chain, leaf first
  std::string key_pem;
  std::string priorities;  // GnuTLS' priority string
  ClientCertificate client = ClientCertificate::none;
  std::string client_ca_pem;                // may be empty if clients are not verified
  bool client_ca_of_system = false;         // so many that clients are not told their names
  std::set<std::string> client_names = {};  // one of them must be in the certificate; empty: any

  TlsVersion min_version = TlsVersion::tls12;  // as in `priorities`

  bool operator==(const HttpTls&) const = default;

  bool verifies() const {
    return client == ClientCertificate::verify_if_given ||
           client == ClientCertificate::require_and_verify;
  }
  bool requires_one() const {
    return client == ClientCertificate::require_any ||
           client == ClientCertificate::require_and_verify;
  }
};

struct FreeCredentials {
  void operator()(gnutls_certificate_credentials_st* credentials) const;
};
using TlsCredentials = std::unique_ptr<gnutls_certificate_credentials_st, FreeCredentials>;

// Empty ones, of GnuTLS; null if there is no memory.
TlsCredentials new_credentials();

// What is wrong with the certificate, key or CA: "the key does not belong to the certificate".
tl::expected<void, std::string> check_key_pair(const std::string& certificate_pem,
                                               const std::string& key_pem);
KeyType key_type_of(const std::string& certificate_pem);
tl::expected<void, std::string> check_authority(const std::string& client_ca_pem);

// For a new connection, if any client certificate is accepted: requests one without a list of CAs.
// Some clients (wget) send no certificate unless its CA is in the list.
void ask_for_any_certificate(MHD_Connection* connection);

// libmicrohttpd requests a client certificate but accepts a connection without one, or with an
// untrusted one. The names of a certificate that is not verified are what its client says. Empty
// when the client of this connection may continue; else why not.
std::string client_certificate_fault(MHD_Connection* connection, const HttpTls& tls);

bool has_client_certificate(MHD_Connection* connection);

}  // namespace cal
