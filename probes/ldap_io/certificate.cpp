#include "probes/ldap_io/certificate.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <string>

namespace cal::ldap {

void CertificateDeleter::operator()(gnutls_x509_crt_int* certificate) const {
  gnutls_x509_crt_deinit(certificate);
}

Certificate certificate_of_der(std::string_view der) {
  gnutls_x509_crt_t raw = nullptr;
  if (gnutls_x509_crt_init(&raw) != GNUTLS_E_SUCCESS) return nullptr;
  Certificate certificate(raw);
  std::string copy(der);  // GnuTLS takes no const
  const gnutls_datum_t datum{reinterpret_cast<unsigned char*>(copy.data()),
                             static_cast<unsigned>(copy.size())};
  if (gnutls_x509_crt_import(raw, &datum, GNUTLS_X509_FMT_DER) != GNUTLS_E_SUCCESS) return nullptr;
  return certificate;
}

std::optional<unsigned> short_rsa_key(gnutls_x509_crt_t certificate) {
  constexpr unsigned min_bits = 2048;
  unsigned bits = 0;
  if (certificate == nullptr) return std::nullopt;
  const int algorithm = gnutls_x509_crt_get_pk_algorithm(certificate, &bits);
  return algorithm == GNUTLS_PK_RSA && bits < min_bits ? std::optional(bits) : std::nullopt;
}

}  // namespace cal::ldap
