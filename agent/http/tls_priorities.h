// Which TLS versions, cipher suites and curves are offered, by the names of Go and
// exporter-toolkit, as a priority string of GnuTLS. Pure.
#pragma once

#include <tl/expected.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

enum class TlsVersion { tls10, tls11, tls12, tls13 };

struct CipherSuite {
  std::string_view name;      // Go's
  std::string_view exchange;  // GnuTLS' key exchange; empty: a suite of TLS 1.3
  std::string_view cipher;    // GnuTLS' cipher
  std::string_view mac;
};

// The suites that Go supports by default; each has forward secrecy.
std::span<const CipherSuite> all_cipher_suites();

struct Curve {
  std::string_view name;   // Go's
  std::string_view group;  // GnuTLS'
};
std::span<const Curve> all_curves();

struct TlsChoice {
  TlsVersion min = TlsVersion::tls12;
  TlsVersion max = TlsVersion::tls13;
  std::vector<CipherSuite> suites = {};  // in the order of preference; empty: the usual ones
  std::vector<Curve> curves = {};        // the same
  bool server_decides = true;            // else the client's order counts
};

// The type of the certificate's key decides which suites can be used before TLS 1.3.
enum class KeyType { rsa, ecdsa };

// GnuTLS combines key exchanges, ciphers and MACs, but offers no others than the listed suites. In
// TLS 1.3, it offers the listed ciphers. The error says which combination offers nothing.
tl::expected<std::string, std::string> priorities_of(const TlsChoice& choice, KeyType key);

}  // namespace cal
