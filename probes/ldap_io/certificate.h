// A certificate of GnuTLS and its owner. Internal.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

struct gnutls_x509_crt_int;

namespace cal::ldap {

struct CertificateDeleter {
  void operator()(gnutls_x509_crt_int* certificate) const;
};
using Certificate = std::unique_ptr<gnutls_x509_crt_int, CertificateDeleter>;

// Null if it cannot be read.
Certificate certificate_of_der(std::string_view der);

// The size in bits of an RSA key below 2048 bits, which can be broken; empty for any other key.
// GnuTLS itself accepts 1024 bits.
std::optional<unsigned> short_rsa_key(gnutls_x509_crt_int* certificate);

}  // namespace cal::ldap
