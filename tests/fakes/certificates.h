// Certificates for tests: an authority and what it issues, valid or with a defect.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace cal::fakes {

struct KeyPair {
  std::string certificate_pem;
  std::string key_pem;
  std::string certificate_der;
};

struct Leaf {
  std::vector<std::string> names;      // DNS names or IP addresses
  std::chrono::hours valid_from{-24};  // from now
  std::chrono::hours valid_to{24};
  unsigned key_usage = 0;                  // GNUTLS_KEY_…; 0: no such extension
  std::vector<std::string> purposes = {};  // OIDs, beside that of a TLS server
  bool is_of_server = true;                // has that purpose
  unsigned rsa_bits = 0;                   // 0: a key of `kind`
  enum class Kind { p256, p224, ed25519, dsa } kind = Kind::p256;
  bool is_signed_with_sha1 = false;
  bool has_subject = true;
  std::string encoded_names = {};  // DER of the extension, in place of the one made from `names`
};

class CertificateAuthority {
 public:
  explicit CertificateAuthority(const std::string& name);
  ~CertificateAuthority();
  CertificateAuthority(const CertificateAuthority&) = delete;
  CertificateAuthority& operator=(const CertificateAuthority&) = delete;

  std::string certificate_pem() const;
  KeyPair issue(const Leaf& leaf) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cal::fakes
