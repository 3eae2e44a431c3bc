#include "tests/fakes/certificates.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <array>
#include <ctime>
#include <stdexcept>

namespace cal::fakes {

namespace {

void check(int code) {
  if (code < 0) throw std::runtime_error(gnutls_strerror(code));
}

struct KeyDeleter {
  void operator()(gnutls_x509_privkey_t key) const { gnutls_x509_privkey_deinit(key); }
};
struct CertificateDeleter {
  void operator()(gnutls_x509_crt_t certificate) const { gnutls_x509_crt_deinit(certificate); }
};
using Key = std::unique_ptr<gnutls_x509_privkey_int, KeyDeleter>;
using Certificate = std::unique_ptr<gnutls_x509_crt_int, CertificateDeleter>;

Key make_key(unsigned rsa_bits = 0, Leaf::Kind kind = Leaf::Kind::p256) {
  gnutls_x509_privkey_t raw = nullptr;
  check(gnutls_x509_privkey_init(&raw));
  Key key(raw);
  const auto generate = [&](gnutls_pk_algorithm_t algorithm, unsigned bits) {
    check(gnutls_x509_privkey_generate(raw, algorithm, bits, 0));
  };
  const auto bits_of = [](gnutls_ecc_curve_t curve) {
    return static_cast<unsigned>(GNUTLS_CURVE_TO_BITS(curve));
  };
  if (rsa_bits != 0) {
    generate(GNUTLS_PK_RSA, rsa_bits);
    return key;
  }
  switch (kind) {
    case Leaf::Kind::p256:
      generate(GNUTLS_PK_ECDSA, bits_of(GNUTLS_ECC_CURVE_SECP256R1));
      break;
    case Leaf::Kind::p224:
      generate(GNUTLS_PK_ECDSA, bits_of(GNUTLS_ECC_CURVE_SECP224R1));
      break;
    case Leaf::Kind::ed25519:
      generate(GNUTLS_PK_EDDSA_ED25519, 0);
      break;
    case Leaf::Kind::dsa:
      generate(GNUTLS_PK_DSA, 1024);
      break;
  }
  return key;
}

Certificate make_certificate(const Key& key, const std::string& common_name, const Leaf& leaf) {
  gnutls_x509_crt_t raw = nullptr;
  check(gnutls_x509_crt_init(&raw));
  Certificate certificate(raw);
  check(gnutls_x509_crt_set_version(raw, 3));
  const unsigned char serial = 1;
  check(gnutls_x509_crt_set_serial(raw, &serial, sizeof serial));
  const auto seconds = [](std::chrono::hours hours) {
    return std::time(nullptr) + std::chrono::seconds(hours).count();
  };
  check(gnutls_x509_crt_set_activation_time(raw, seconds(leaf.valid_from)));
  check(gnutls_x509_crt_set_expiration_time(raw, seconds(leaf.valid_to)));
  if (leaf.has_subject) {
    check(gnutls_x509_crt_set_dn_by_oid(raw, GNUTLS_OID_X520_COMMON_NAME, 0, common_name.data(),
                                        static_cast<unsigned>(common_name.size())));
  }
  check(gnutls_x509_crt_set_key(raw, key.get()));
  return certificate;
}

void add_name(gnutls_x509_crt_t certificate, const std::string& name) {
  std::array<unsigned char, 16> address{};
  const auto set = [&](gnutls_x509_subject_alt_name_t kind, const void* data, std::size_t size) {
    check(gnutls_x509_crt_set_subject_alt_name(certificate, kind, data, static_cast<unsigned>(size),
                                               GNUTLS_FSAN_APPEND));
  };
  if (::inet_pton(AF_INET, name.c_str(), address.data()) == 1) {
    set(GNUTLS_SAN_IPADDRESS, address.data(), 4);
  } else if (::inet_pton(AF_INET6, name.c_str(), address.data()) == 1) {
    set(GNUTLS_SAN_IPADDRESS, address.data(), 16);
  } else {
    set(GNUTLS_SAN_DNSNAME, name.data(), name.size());
  }
}

std::string take(gnutls_datum_t datum) {
  std::string text(reinterpret_cast<const char*>(datum.data), datum.size);
  gnutls_free(datum.data);
  return text;
}

std::string exported(const Certificate& certificate, gnutls_x509_crt_fmt_t format) {
  gnutls_datum_t out{};
  check(gnutls_x509_crt_export2(certificate.get(), format, &out));
  return take(out);
}

std::string pem(const Certificate& certificate) {
  return exported(certificate, GNUTLS_X509_FMT_PEM);
}

std::string pem(const Key& key) {
  gnutls_datum_t out{};
  // PKCS #8, which has a place for every kind of key.
  check(gnutls_x509_privkey_export2_pkcs8(key.get(), GNUTLS_X509_FMT_PEM, nullptr,
                                          GNUTLS_PKCS_PLAIN, &out));
  return take(out);
}

}  // namespace

struct CertificateAuthority::State {
  Key key;
  Certificate certificate;
};

CertificateAuthority::CertificateAuthority(const std::string& name) {
  auto key = make_key();
  const Leaf long_lived{.names = {},
                        .valid_from = std::chrono::hours(-24 * 3000),
                        .valid_to = std::chrono::hours(24 * 3000)};
  auto certificate = make_certificate(key, name, long_lived);
  check(gnutls_x509_crt_set_basic_constraints(certificate.get(), 1, -1));
  check(gnutls_x509_crt_set_key_usage(certificate.get(), GNUTLS_KEY_KEY_CERT_SIGN));
  check(
      gnutls_x509_crt_sign2(certificate.get(), certificate.get(), key.get(), GNUTLS_DIG_SHA256, 0));
  state_ = std::make_unique<State>(State{std::move(key), std::move(certificate)});
}

CertificateAuthority::~CertificateAuthority() = default;

std::string CertificateAuthority::certificate_pem() const { return pem(state_->certificate); }

KeyPair CertificateAuthority::issue(const Leaf& leaf) const {
  const auto key = make_key(leaf.rsa_bits, leaf.kind);
  const auto certificate = make_certificate(key, leaf.names.at(0), leaf);
  if (leaf.encoded_names.empty()) {
    for (const auto& name : leaf.names) add_name(certificate.get(), name);
  } else {
    check(gnutls_x509_crt_set_extension_by_oid(
        certificate.get(), "2.5.29.17", leaf.encoded_names.data(), leaf.encoded_names.size(), 0));
  }
  if (leaf.key_usage != 0) {
    check(gnutls_x509_crt_set_key_usage(certificate.get(), leaf.key_usage));
  }
  if (leaf.is_of_server) {
    check(gnutls_x509_crt_set_key_purpose_oid(certificate.get(), GNUTLS_KP_TLS_WWW_SERVER, 0));
  }
  for (const auto& purpose : leaf.purposes) {
    check(gnutls_x509_crt_set_key_purpose_oid(certificate.get(), purpose.c_str(), 0));
  }
  check(gnutls_x509_crt_sign2(certificate.get(), state_->certificate.get(), state_->key.get(),
                              leaf.is_signed_with_sha1 ? GNUTLS_DIG_SHA1 : GNUTLS_DIG_SHA256, 0));
  return {pem(certificate), pem(key), exported(certificate, GNUTLS_X509_FMT_DER)};
}

}  // namespace cal::fakes
