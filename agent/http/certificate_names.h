// The names in the subjectAltName extension of a certificate that a list of names can allow.
#pragma once

#include <string>
#include <vector>

struct gnutls_x509_crt_int;

namespace cal {

// DNS names, e-mail addresses, URIs and IP addresses, these as text. Other kinds (otherName, a
// directory name) and IP addresses that have neither 4 nor 16 bytes are left out.
std::vector<std::string> certificate_names(gnutls_x509_crt_int* certificate);

}  // namespace cal
