// TLS as the HTTP server offers it: certificate, accepted versions, and what is asked of a client's
// certificate. Made and checked once, then immutable.
#pragma once

#include <tl/expected.hpp>

#include <string>
#include <vector>

struct MHD_Connection;

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
  std::string client_ca_pem;  // empty unless clients are verified
  std::vector<std::string> client_names =
      {};  // of which one must be in its certificate; empty: any

  bool operator==(const HttpTls&) const = default;
};

// What is wrong with certificate, key or authority: "the key does not belong to the certificate".
tl::expected<void, std::string> check_key_pair(const std::string& certificate_pem,
                                               const std::string& key_pem);
tl::expected<void, std::string> check_authority(const std::string& client_ca_pem);

// For a connection that begins: no list of authorities goes with the request for a certificate
// where any will do. Some clients (wget) send none that is of no authority in the list.
void ask_for_any_certificate(MHD_Connection* connection);

// libmicrohttpd asks for a client's certificate but takes a connection without one, or with one
// that is not trusted, all the same. Empty when the client of this connection may go on; else why
// not.
std::string client_certificate_fault(MHD_Connection* connection, const HttpTls& tls);

}  // namespace cal
