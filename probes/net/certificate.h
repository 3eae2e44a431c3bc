// A server's certificate as presented in the handshake, and whether it can be trusted. The facts
// are kept even if the handshake was refused because of them.
#pragma once

#include "agent/base/clock.h"
#include "probes/net/endpoint.h"

#include <tl/expected.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct x509_store_st;
struct ssl_ctx_st;

namespace cal::net {

struct Certificate {
  std::string subject;
  std::string issuer;
  SystemTime not_after;
  bool issuer_known = true;  // a chain of valid signatures leads to a trusted CA
  bool in_time = true;       // it and its issuers are within their validity periods
  bool name_matches = true;
  // The first fault of each kind, to be read after the certificate's subject and issuer; it names
  // the certificate that has it if it is another one of the chain. Empty: none.
  std::string issuer_fault = {};
  std::string time_fault = {};
  std::string name_fault = {};
  // The earliest expiry of its issuers, as far as the chain could be built; empty: none.
  std::optional<SystemTime> intermediate_not_after = std::nullopt;
  std::optional<SystemTime> root_not_after = std::nullopt;

  SystemTime chain_not_after() const {
    return std::min({not_after, intermediate_not_after.value_or(not_after),
                     root_not_after.value_or(not_after)});
  }
  bool trusted() const { return issuer_known && in_time && name_matches; }
  bool acceptable(TlsTrust trust) const {
    return (issuer_known || trust == TlsTrust::report) && in_time && name_matches;
  }
};

class VerifiedChains;

// The CAs of the system and those in a file. Shared by all handshakes; thread-safe.
class TrustStore {
 public:
  // `ca_file`: PEM certificates to trust in addition to the system's; empty: none.
  static tl::expected<TrustStore, std::string> load(const std::filesystem::path& ca_file);

  // The expectations for one handshake, and the certificate seen. Must outlive the handshake.
  struct Check {
    std::string host;  // the name that the certificate must match
    TlsTrust trust;
    std::optional<Certificate> seen = std::nullopt;
    VerifiedChains* verified = nullptr;  // of the store that judges
  };

  // Makes a context judge the server's certificate by this store and `check`.
  void judge_in(ssl_ctx_st* context, Check& check) const;

 private:
  struct Deleter {
    void operator()(x509_store_st* store) const;
  };
  std::unique_ptr<x509_store_st, Deleter> store_;
  std::shared_ptr<VerifiedChains> verified_;
};

}  // namespace cal::net
