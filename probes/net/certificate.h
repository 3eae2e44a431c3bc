// A server's certificate as the handshake showed it, and whether it is to be trusted: the facts are
// kept also where the handshake was refused for them.
#pragma once

#include "agent/base/clock.h"
#include "probes/net/endpoint.h"

#include <tl/expected.hpp>

#include <filesystem>
#include <memory>
#include <string>

struct x509_store_st;
struct ssl_ctx_st;

namespace cal::net {

struct Certificate {
  std::string subject;
  std::string issuer;
  SystemTime not_after;
  bool issuer_known = true;  // a chain of good signatures leads to a CA of ours
  bool in_time = true;       // it and its issuers: neither expired nor not yet valid
  bool name_matches = true;
  std::string complaint = {};  // the first fault in OpenSSL's words; empty: none

  bool trusted() const { return issuer_known && in_time && name_matches; }
  bool acceptable(TlsTrust trust) const {
    return (issuer_known || trust == TlsTrust::report) && in_time && name_matches;
  }
};

// The CAs of the system, and those of a file. Shared by all handshakes; thread-safe.
class TrustStore {
 public:
  // `ca_file`: PEM certificates that are trusted beside the system's; empty: none.
  static tl::expected<TrustStore, std::string> load(const std::filesystem::path& ca_file);

  // What one handshake is judged by, and where its certificate goes; it must outlive the handshake.
  struct Check {
    std::string host;  // the name that the certificate must be made out to
    TlsTrust trust;
    std::optional<Certificate> seen = std::nullopt;
  };

  // Makes a context judge the server's certificate by this store and `check`.
  void judge_in(ssl_ctx_st* context, Check& check) const;

 private:
  struct Deleter {
    void operator()(x509_store_st* store) const;
  };
  std::unique_ptr<x509_store_st, Deleter> store_;
};

}  // namespace cal::net
