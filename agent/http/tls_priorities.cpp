#include "agent/http/tls_priorities.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cal {

namespace {

constexpr std::array suites{
    CipherSuite{"TLS_AES_128_GCM_SHA256", "", "AES-128-GCM", "AEAD"},
    CipherSuite{"TLS_AES_256_GCM_SHA384", "", "AES-256-GCM", "AEAD"},
    CipherSuite{"TLS_CHACHA20_POLY1305_SHA256", "", "CHACHA20-POLY1305", "AEAD"},
    CipherSuite{"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA", "AES-128-CBC", "SHA1"},
    CipherSuite{"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA", "AES-256-CBC", "SHA1"},
    CipherSuite{"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA", "AES-128-CBC", "SHA1"},
    CipherSuite{"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA", "AES-256-CBC", "SHA1"},
    CipherSuite{"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA", "AES-128-GCM", "AEAD"},
    CipherSuite{"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA", "AES-256-GCM", "AEAD"},
    CipherSuite{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA", "AES-128-GCM", "AEAD"},
    CipherSuite{"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA", "AES-256-GCM", "AEAD"},
    CipherSuite{"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA", "CHACHA20-POLY1305",
                "AEAD"},
    CipherSuite{"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA", "CHACHA20-POLY1305",
                "AEAD"},
};

constexpr std::array curves{
    Curve{"CurveP256", "GROUP-SECP256R1"},
    Curve{"CurveP384", "GROUP-SECP384R1"},
    Curve{"CurveP521", "GROUP-SECP521R1"},
    Curve{"X25519", "GROUP-X25519"},
};

// Adds ":+WORD" once.
void add_word(std::string& priorities, std::string_view word) {
  const auto entry = fmt::format(":+{}", word);
  if ((priorities + ":").find(entry + ":") == std::string::npos) priorities += entry;
}

}  // namespace

std::span<const CipherSuite> all_cipher_suites() { return suites; }
std::span<const Curve> all_curves() { return curves; }

tl::expected<std::string, std::string> priorities_of(const TlsChoice& choice, KeyType key) {
  // Without RSA key exchange, every cipher has forward secrecy.
  std::string priorities = "NORMAL:-RSA:-VERS-TLS-ALL";
  auto least = choice.min;
  auto most = choice.max;
  if (!choice.suites.empty()) {
    const std::string_view exchange = key == KeyType::rsa ? "ECDHE-RSA" : "ECDHE-ECDSA";
    std::vector<CipherSuite> offered;
    std::ranges::copy_if(choice.suites, std::back_inserter(offered),
                         [&](const auto& suite) { return suite.exchange == exchange; });
    if (offered.empty() || least == TlsVersion::tls13) {  // TLS 1.3 alone
      least = TlsVersion::tls13;
      offered = choice.suites;
    }
    priorities += ":-KX-ALL:-CIPHER-ALL:-MAC-ALL";
    add_word(priorities, exchange);
    bool any_for_tls13 = false;
    for (const auto& suite : offered) {
      if (least == TlsVersion::tls13 && suite.mac != "AEAD") continue;
      any_for_tls13 = any_for_tls13 || suite.mac == "AEAD";
      add_word(priorities, suite.cipher);
      add_word(priorities, suite.mac);
    }
    if (!any_for_tls13) most = std::min(most, TlsVersion::tls12);
    if (least > most) {
      return tl::unexpected(fmt::format(
          "none of the cipher_suites can be used with the TLS versions and a certificate with an "
          "{} key",
          key == KeyType::rsa ? "RSA" : "ECDSA"));
    }
  }
  if (!choice.curves.empty()) {
    priorities += ":-DHE-RSA:-GROUP-ALL";
    for (const auto& curve : choice.curves) add_word(priorities, curve.group);
  }
  constexpr std::array<std::string_view, 4> versions{"TLS1.0", "TLS1.1", "TLS1.2", "TLS1.3"};
  for (auto i = static_cast<std::size_t>(least); i <= static_cast<std::size_t>(most); ++i) {
    add_word(priorities, fmt::format("VERS-{}", versions.at(i)));
  }
  return priorities + (choice.server_decides ? ":%SERVER_PRECEDENCE" : "");
}

}  // namespace cal
