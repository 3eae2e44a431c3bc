#include "agent/http/tls_priorities.h"
#include "tests/catch.h"

#include <gnutls/gnutls.h>

#include <algorithm>

using namespace cal;

namespace {

CipherSuite suite(std::string_view name) {
  return *std::ranges::find(all_cipher_suites(), name, &CipherSuite::name);
}

// What GnuTLS makes of it: "ECDHE_RSA_AES_128_GCM_SHA256 …", with versions.
std::vector<std::string> offered(const std::string& priorities) {
  gnutls_priority_t parsed = nullptr;
  REQUIRE(gnutls_priority_init(&parsed, priorities.c_str(), nullptr) == 0);
  std::vector<std::string> names;
  for (unsigned i = 0;; ++i) {
    unsigned index = 0;
    const int error = gnutls_priority_get_cipher_suite_index(parsed, i, &index);
    if (error == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) break;
    if (error != 0) continue;  // this version has no such suite
    names.emplace_back(
        gnutls_cipher_suite_info(index, nullptr, nullptr, nullptr, nullptr, nullptr));
  }
  gnutls_priority_deinit(parsed);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("exactly the listed suites are offered, in their order", "[tls_priorities]") {
  TlsChoice choice{.max = TlsVersion::tls12,
                   .suites = {suite("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
                              suite("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
                              suite("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA")}};
  CHECK(offered(*priorities_of(choice, KeyType::rsa)) ==
        Names{"TLS_ECDHE_RSA_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_AES_128_CBC_SHA1"});
  CHECK(offered(*priorities_of(choice, KeyType::ecdsa)) ==
        Names{"TLS_ECDHE_ECDSA_AES_128_GCM_SHA256"});
}

TEST_CASE("TLS 1.3 offers the listed ciphers, and alone if no other suite fits",
          "[tls_priorities]") {
  TlsChoice choice{.suites = {suite("TLS_AES_256_GCM_SHA384")}};
  // GnuTLS lists suites of every version, also of those that are switched off.
  const auto alone = *priorities_of(choice, KeyType::rsa);
  CHECK(alone.find("+VERS-TLS1.3") != std::string::npos);
  CHECK(alone.find("+VERS-TLS1.2") == std::string::npos);
  choice.suites.push_back(suite("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"));
  const auto both = offered(*priorities_of(choice, KeyType::rsa));
  CHECK(both == Names{"TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_AES_128_GCM_SHA256"});
  choice.max = TlsVersion::tls12;
  CHECK(priorities_of(choice, KeyType::rsa));
  CHECK_FALSE(priorities_of(choice, KeyType::ecdsa));
}

TEST_CASE("a choice that offers nothing is an error", "[tls_priorities]") {
  TlsChoice choice{.min = TlsVersion::tls13,
                   .suites = {suite("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA")}};
  CHECK_FALSE(priorities_of(choice, KeyType::rsa));
  choice.min = TlsVersion::tls12;
  const auto cbc = priorities_of(choice, KeyType::rsa);
  REQUIRE(cbc);
  CHECK(cbc->find("VERS-TLS1.3") == std::string::npos);
}

TEST_CASE("every suite, curve and version is known to GnuTLS", "[tls_priorities]") {
  for (const auto& each : all_cipher_suites()) {
    CAPTURE(each.name);
    const auto key = each.exchange == "ECDHE-ECDSA" ? KeyType::ecdsa : KeyType::rsa;
    CHECK(offered(*priorities_of({.suites = {each}}, key)).size() >= 1);
  }
  for (const auto& each : all_curves()) {
    CAPTURE(each.name);
    CHECK_FALSE(offered(*priorities_of({.curves = {each}}, KeyType::rsa)).empty());
  }
  const auto own_order = *priorities_of({.server_decides = false}, KeyType::rsa);
  CHECK(own_order.find("SERVER_PRECEDENCE") == std::string::npos);
  CHECK_FALSE(offered(own_order).empty());
}
