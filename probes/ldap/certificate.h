// A certificate of GnuTLS and its owner. Internal.
#pragma once

#include <memory>
#include <string_view>

struct gnutls_x509_crt_int;

namespace cal::ldap {

struct CertificateDeleter {
  void operator()(gnutls_x509_crt_int* certificate) const;
};
using Certificate = std::unique_ptr<gnutls_x509_crt_int, CertificateDeleter>;

// Null if it cannot be read.
Certificate certificate_of_der(std::string_view der);

}  // namespace cal::ldap
