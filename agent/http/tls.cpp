#include "agent/http/tls.h"

#include "agent/http/certificate_names.h"
#include "agent/http/connection_info.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>

#include <algorithm>
#include <memory>

namespace cal {

namespace {

gnutls_datum_t datum_of(const std::string& text) {
  // GnuTLS only reads it.
  return {static_cast<unsigned char*>(static_cast<void*>(const_cast<char*>(text.data()))),
          static_cast<unsigned>(text.size())};
}

struct FreeCertificate {
  void operator()(gnutls_x509_crt_int* certificate) const { gnutls_x509_crt_deinit(certificate); }
};
using Certificate = std::unique_ptr<gnutls_x509_crt_int, FreeCertificate>;

Certificate peer_certificate(gnutls_session_t session) {
  unsigned count = 0;
  const auto* chain = gnutls_certificate_get_peers(session, &count);
  if (chain == nullptr || count == 0) return nullptr;
  gnutls_x509_crt_t made = nullptr;
  if (gnutls_x509_crt_init(&made) != 0) return nullptr;
  Certificate certificate(made);
  if (gnutls_x509_crt_import(made, &chain[0], GNUTLS_X509_FMT_DER) != 0) return nullptr;
  return certificate;
}

// The first certificate in PEM; null if there is none.
Certificate leaf_of(const std::string& certificate_pem) {
  gnutls_x509_crt_t made = nullptr;
  if (gnutls_x509_crt_init(&made) != 0) return nullptr;
  Certificate leaf(made);
  const auto pem = datum_of(certificate_pem);
  if (gnutls_x509_crt_import(made, &pem, GNUTLS_X509_FMT_PEM) != 0) return nullptr;
  return leaf;
}

// Every key exchange that is offered signs with the key of the certificate, so a key usage without
// digitalSignature makes each handshake fail.
bool may_sign(const std::string& certificate_pem) {
  const auto leaf = leaf_of(certificate_pem);
  if (!leaf) return false;
  unsigned usage = 0;
  const int error = gnutls_x509_crt_get_key_usage(leaf.get(), &usage, nullptr);
  if (error == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) return true;  // any usage
  return error == 0 && (usage & GNUTLS_KEY_DIGITAL_SIGNATURE) != 0;
}

// Also without the extension, or with any purpose. Clients refuse another one.
bool is_for_servers(const std::string& certificate_pem) {
  const auto leaf = leaf_of(certificate_pem);
  return leaf && gnutls_x509_crt_check_key_purpose(leaf.get(), GNUTLS_KP_TLS_WWW_SERVER, 0) != 0;
}

std::string trust_fault(gnutls_session_t session) {
  unsigned status = 0;
  std::string purpose =
      GNUTLS_KP_TLS_WWW_CLIENT;  // else a server certificate of the same CA would be accepted
  gnutls_typed_vdata_st wanted{GNUTLS_DT_KEY_PURPOSE_OID, nullptr, 0};
  wanted.data = static_cast<unsigned char*>(static_cast<void*>(purpose.data()));
  if (gnutls_certificate_verify_peers(session, &wanted, 1, &status) != 0) {
    return "cannot be verified";
  }
  if (status == 0) return "";
  if ((status & GNUTLS_CERT_EXPIRED) != 0) return "has expired";
  if ((status & GNUTLS_CERT_NOT_ACTIVATED) != 0) return "is not valid yet";
  if ((status & GNUTLS_CERT_PURPOSE_MISMATCH) != 0)
    return "is not valid for client authentication (clientAuth)";
  return "is not issued by a CA in client_ca_file";
}

}  // namespace

void FreeCredentials::operator()(gnutls_certificate_credentials_st* credentials) const {
  gnutls_certificate_free_credentials(credentials);
}

TlsCredentials new_credentials() {
  gnutls_certificate_credentials_t made = nullptr;
  gnutls_certificate_allocate_credentials(&made);
  return TlsCredentials(made);
}

tl::expected<void, std::string> check_key_pair(const std::string& certificate_pem,
                                               const std::string& key_pem) {
  const auto credentials = new_credentials();
  const auto certificate = datum_of(certificate_pem);
  const auto key = datum_of(key_pem);
  const int error = gnutls_certificate_set_x509_key_mem(credentials.get(), &certificate, &key,
                                                        GNUTLS_X509_FMT_PEM);
  if (error >= 0 && !is_for_servers(certificate_pem)) {
    return tl::unexpected(std::string(
        "the certificate is not for server authentication (its extended key usage lacks "
        "serverAuth), so that clients refuse it; issue the certificate with it"));
  }
  if (error >= 0 && may_sign(certificate_pem)) return {};
  if (error >= 0) {
    return tl::unexpected(
        std::string("the key usage of the certificate does not allow digitalSignature, which every "
                    "TLS handshake needs; issue the certificate with it"));
  }
  if (error == GNUTLS_E_CERTIFICATE_KEY_MISMATCH) {
    return tl::unexpected(std::string("the key does not belong to the certificate"));
  }
  return tl::unexpected(std::string("not a certificate and its key in PEM format: ") +
                        gnutls_strerror(error));
}

KeyType key_type_of(const std::string& certificate_pem) {
  const auto leaf = leaf_of(certificate_pem);
  const int algorithm =
      leaf ? gnutls_x509_crt_get_pk_algorithm(leaf.get(), nullptr) : GNUTLS_PK_RSA;
  return algorithm == GNUTLS_PK_RSA || algorithm == GNUTLS_PK_RSA_PSS ? KeyType::rsa
                                                                      : KeyType::ecdsa;
}

tl::expected<void, std::string> check_authority(const std::string& client_ca_pem) {
  const auto credentials = new_credentials();
  const auto authority = datum_of(client_ca_pem);
  if (gnutls_certificate_set_x509_trust_mem(credentials.get(), &authority, GNUTLS_X509_FMT_PEM) >
      0) {
    return {};
  }
  return tl::unexpected(std::string("the file contains no certificate"));
}

void ask_for_any_certificate(MHD_Connection* connection) {
  auto* session = tls_session(connection);
  if (session == nullptr) return;
  constexpr int without = 1;
  gnutls_certificate_send_x509_rdn_sequence(session, without);
}

std::string client_certificate_fault(MHD_Connection* connection, const HttpTls& tls) {
  if (tls.client == ClientCertificate::none) return "";
  auto* session = tls_session(connection);
  if (session == nullptr) return "there is no TLS session";
  const auto certificate = peer_certificate(session);
  if (!certificate) return tls.requires_one() ? "a client certificate is required" : "";
  if (tls.verifies()) {
    if (const auto fault = trust_fault(session); !fault.empty()) {
      return "the client certificate " + fault;
    }
  }
  if (tls.client_names.empty()) return "";
  const auto names = certificate_names(certificate.get());
  const bool allowed = std::ranges::any_of(
      names, [&](const std::string& name) { return tls.client_names.contains(name); });
  return allowed ? "" : "the client certificate has none of the names in client_allowed_sans";
}

bool has_client_certificate(MHD_Connection* connection) {
  auto* session = tls_session(connection);
  return session != nullptr && peer_certificate(session) != nullptr;
}

}  // namespace cal
