#include "agent/http/certificate_names.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <array>
#include <string_view>

namespace cal {

namespace {

// Of the bytes of an IPv4 or IPv6 address; empty for another number of bytes.
std::string address_text(std::string_view bytes) {
  const bool is_v6 = bytes.size() == sizeof(in6_addr);
  if (!is_v6 && bytes.size() != sizeof(in_addr)) return "";
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(is_v6 ? AF_INET6 : AF_INET, bytes.data(), text.data(), text.size());
  return text.data();
}

std::string name_text(int kind, std::string_view bytes) {
  if (kind == GNUTLS_SAN_IPADDRESS) return address_text(bytes);
  const bool is_text =
      kind == GNUTLS_SAN_DNSNAME || kind == GNUTLS_SAN_RFC822NAME || kind == GNUTLS_SAN_URI;
  return is_text ? std::string(bytes) : "";
}

}  // namespace

std::vector<std::string> certificate_names(gnutls_x509_crt_int* certificate) {
  std::vector<std::string> names;
  for (unsigned i = 0;; ++i) {
    std::array<char, 1024> name{};
    std::size_t size = name.size();
    const int kind =
        gnutls_x509_crt_get_subject_alt_name(certificate, i, name.data(), &size, nullptr);
    if (kind == GNUTLS_E_SHORT_MEMORY_BUFFER) continue;  // longer than any name
    if (kind < 0) return names;                          // there is no other, or none is readable
    if (auto text = name_text(kind, {name.data(), size}); !text.empty()) {
      names.push_back(std::move(text));
    }
  }
}

}  // namespace cal
