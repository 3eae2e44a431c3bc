// What is shown for each fault of certificates, CA files and ports.
#include "probes/ldap/directory.h"
#include "tests/catch.h"
#include "tests/fakes/certificates.h"
#include "tests/fakes/directory_access.h"
#include "tests/fakes/ldap_server.h"
#include "tests/fakes/temporary_file.h"

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

using namespace cal;
using namespace cal::fakes;

namespace {

// A server with this certificate, and what the client says when it opens a session.
class Tried {
 public:
  explicit Tried(const Leaf& leaf, bool from_start = true) {
    LdapServer::Options options;
    options.tls_from_start = from_start;
    options.certificate = ca_.issue(leaf);
    server_ = std::make_unique<LdapServer>(std::move(options));
    server_->start();
    settings_.uris = {server_->uri()};
    settings_.start_tls = !from_start;
    settings_.ca_file = ca_file_.path();
    settings_.bind.user = "m@ebs.example.com";
    settings_.bind.password_file = password_.path();
  }

  ldap::Settings& settings() { return settings_; }
  std::uint16_t port() const { return server_->port(); }

  // Empty if the session was opened.
  std::optional<ldap::Fault> fault() const {
    auto session = ldap::Directory(settings_).open(soon());
    return session ? std::nullopt : std::optional(session.error());
  }

 private:
  CertificateAuthority ca_{"Test CA"};
  TemporaryFile ca_file_{ca_.certificate_pem()};
  TemporaryFile password_{"secret"};
  std::unique_ptr<LdapServer> server_;
  ldap::Settings settings_;
};

}  // namespace

TEST_CASE("each weakness of a certificate has its text", "[tls]") {
  struct Row {
    Leaf leaf;
    ldap::FaultKind kind;
    const char* words;
  };
  const auto row = GENERATE(values<Row>({
      {{.names = {"127.0.0.1"}, .is_signed_with_sha1 = true},
       ldap::FaultKind::tls_untrusted,
       "SHA1, which is no longer secure"},
      {{.names = {"127.0.0.1"}, .rsa_bits = 1024},
       ldap::FaultKind::tls_untrusted,
       "1024 bits, which is too weak"},
      {{.names = {"127.0.0.1"}, .rsa_bits = 768},
       ldap::FaultKind::tls_untrusted,
       "768 bits, which is too weak"},
      {{.names = {"dc2.ebs.example.com", "dc2", "192.0.2.7"}},
       ldap::FaultKind::tls_name_mismatch,
       "another name than 127.0.0.1: it has dc2.ebs.example.com, dc2, 192.0.2.7"},
      {{.names = {"dc2.ebs.example.com"}, .has_subject = false},
       ldap::FaultKind::tls_name_mismatch,
       "it has dc2.ebs.example.com: subject (empty)"},
  }));
  CAPTURE(row.words);
  const auto fault = Tried(row.leaf).fault();
  REQUIRE(fault);
  INFO(fault->message);
  CHECK(fault->kind == row.kind);
  CHECK(fault->message.find(row.words) != std::string::npos);
}

TEST_CASE("a certificate without a subject is as good as its names", "[tls]") {
  const auto fault = Tried({.names = {"127.0.0.1"}, .has_subject = false}).fault();
  INFO((fault ? fault->message : ""));
  CHECK_FALSE(fault);
}

TEST_CASE("StartTLS on a port that uses TLS from the start is named", "[tls]") {
  Tried tried({.names = {"127.0.0.1"}});
  tried.settings().uris = {fmt::format("ldap://127.0.0.1:{}", tried.port())};
  tried.settings().start_tls = true;
  const auto fault = tried.fault();
  REQUIRE(fault);
  INFO(fault->message);
  CHECK(fault->kind == ldap::FaultKind::tls_failed);
  CHECK(fault->message.find("uses TLS from the start: write ldaps://") != std::string::npos);
}

TEST_CASE("LDAPS on a port that begins without TLS is named", "[tls]") {
  Tried tried({.names = {"127.0.0.1"}}, /*from_start=*/false);
  tried.settings().uris = {fmt::format("ldaps://127.0.0.1:{}", tried.port())};
  tried.settings().start_tls = false;
  const auto fault = tried.fault();
  REQUIRE(fault);
  INFO(fault->message);
  CHECK(fault->kind == ldap::FaultKind::tls_failed);
  CHECK(fault->message.find("speaks LDAP and does not begin with TLS") != std::string::npos);
}

TEST_CASE("a CA file that cannot be used is named with what it is", "[tls]") {
  Tried tried({.names = {"127.0.0.1"}});
  const TemporaryFile empty("\n");
  tried.settings().ca_file = empty.path();
  const auto fault = tried.fault();
  REQUIRE(fault);
  CHECK(fault->kind == ldap::FaultKind::tls_failed);
  CHECK(fault->message.find("is empty") != std::string::npos);
}
