#include "agent/http/certificate_names.h"

#include "tests/catch.h"

#include <gnutls/x509.h>

#include <memory>
#include <string_view>

namespace {

using Names = std::vector<std::string>;

struct FreeCertificate {
  void operator()(gnutls_x509_crt_int* certificate) const { gnutls_x509_crt_deinit(certificate); }
};

// DER (X.690) of up to 65,535 bytes.
std::string element(unsigned char tag, std::string_view bytes) {
  std::string made(1, static_cast<char>(tag));
  if (bytes.size() >= 128) {
    made += {'\x82', static_cast<char>(bytes.size() / 256)};
  }
  made += static_cast<char>(bytes.size() % 256);
  return made.append(bytes);
}

std::string mail(std::string_view name) { return element(0x81, name); }
std::string dns(std::string_view name) { return element(0x82, name); }
std::string uri(std::string_view name) { return element(0x86, name); }
std::string ip(std::string_view bytes) { return element(0x87, bytes); }
std::string other_name(std::string_view value) {
  return element(0xa0, element(0x06, "\x2a\x03\x04") + element(0xa0, value));
}

struct FreeKey {
  void operator()(gnutls_x509_privkey_int* key) const { gnutls_x509_privkey_deinit(key); }
};
using Certificate = std::unique_ptr<gnutls_x509_crt_int, FreeCertificate>;
using Key = std::unique_ptr<gnutls_x509_privkey_int, FreeKey>;

Certificate new_certificate() {
  gnutls_x509_crt_t made = nullptr;
  REQUIRE(gnutls_x509_crt_init(&made) == 0);
  return Certificate(made);
}

Key new_key() {
  gnutls_x509_privkey_t made = nullptr;
  REQUIRE(gnutls_x509_privkey_init(&made) == 0);
  Key key(made);
  REQUIRE(gnutls_x509_privkey_generate(made, GNUTLS_PK_EDDSA_ED25519, 256, 0) == 0);
  return key;
}

// Of a certificate, signed by itself and read again, whose subjectAltName has these elements. None
// when GnuTLS does not read it; then its owner is refused.
Names names_of(const std::string& elements) {
  const auto certificate = new_certificate();
  const auto key = new_key();
  const auto extension = element(0x30, elements);
  REQUIRE(gnutls_x509_crt_set_version(certificate.get(), 3) == 0);
  REQUIRE(gnutls_x509_crt_set_serial(certificate.get(), "\1", 1) == 0);
  REQUIRE(gnutls_x509_crt_set_activation_time(certificate.get(), 0) == 0);
  REQUIRE(gnutls_x509_crt_set_expiration_time(certificate.get(), 2'000'000'000) == 0);
  REQUIRE(gnutls_x509_crt_set_key(certificate.get(), key.get()) == 0);
  REQUIRE(gnutls_x509_crt_set_extension_by_oid(certificate.get(), "2.5.29.17", extension.data(),
                                               extension.size(), 0) == 0);
  REQUIRE(gnutls_x509_crt_sign(certificate.get(), certificate.get(), key.get()) == 0);
  gnutls_datum_t der{};
  REQUIRE(gnutls_x509_crt_export2(certificate.get(), GNUTLS_X509_FMT_DER, &der) == 0);
  const auto read = new_certificate();
  const int refused = gnutls_x509_crt_import(read.get(), &der, GNUTLS_X509_FMT_DER);
  gnutls_free(der.data);
  return refused == 0 ? cal::certificate_names(read.get()) : Names{};
}

}  // namespace

TEST_CASE("DNS names, addresses, e-mail addresses and URIs are names", "[tls]") {
  CHECK(names_of(dns("prometheus.example.com") + ip({"\xc0\x00\x02\x07", 4}) +
                 ip({"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07", 16}) + mail("a@example.com") +
                 uri("spiffe://example.com/prometheus") + dns("last.example.com")) ==
        Names{"prometheus.example.com", "192.0.2.7", "2001:db8::7", "a@example.com",
              "spiffe://example.com/prometheus", "last.example.com"});
}

TEST_CASE("an otherName is not a name", "[tls]") {
  const auto* const text = "prometheus.example.com";
  CHECK(names_of(other_name(text)).empty());
  CHECK(names_of(other_name(element(0x0c, text)) + dns("a")) == Names{"a"});  // UTF8String
}

TEST_CASE("an address of another length is not a name", "[tls]") {
  const auto length = GENERATE(0U, 1U, 3U, 5U, 8U, 15U, 17U);
  CHECK(names_of(ip(std::string(length, '\x01'))).empty());
}

TEST_CASE("a name that is too long hides no other", "[tls]") {
  CHECK(names_of(dns(std::string(2000, 'x')) + dns("a")) == Names{"a"});
}

TEST_CASE("an extension that cannot be read has no names", "[tls]") {
  CHECK(names_of("\x82\x7f").empty());
}

TEST_CASE("a certificate without names has none", "[tls]") {
  CHECK(cal::certificate_names(new_certificate().get()).empty());
}
