// The chains of certificates that a store of CAs has verified. A server presents the same chain at
// every check, and its signatures need not be verified each time, which costs most of a handshake's
// judgment. Only chains without a fault are kept, and they count while all their certificates are
// valid. Thread-safe.
#pragma once

#include "probes/net/certificate.h"

#include <map>
#include <mutex>
#include <optional>
#include <string>

struct x509_store_ctx_st;

namespace cal::net {

class VerifiedChains {
 public:
  static constexpr std::size_t max_chains = 4096;  // at this number all are forgotten
  static constexpr int max_length = 10;            // of a chain that is kept

  // What a server presents, and the host it has to name: the digests of the certificates in their
  // order, and the host. Empty: not to be kept.
  static std::string key_of(x509_store_ctx_st* presented, const std::string& host);

  struct Verified {
    Certificate facts;
    SystemTime from, until;  // all certificates of the chain are valid
  };

  std::optional<Certificate> find(const std::string& key, SystemTime now) const;
  void add(const std::string& key, Verified verified);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Verified> chains_;
};

}  // namespace cal::net
