// The TLS contexts that sessions share: what they cost, and that a CA file counts as it is now.
#include "probes/ldap/directory.h"
#include "tests/catch.h"
#include "tests/fakes/certificates.h"
#include "tests/fakes/directory_access.h"
#include "tests/fakes/ldap_server.h"
#include "tests/fakes/temporary_file.h"

#include <malloc.h>

#include <fstream>
#include <optional>

using namespace cal;
using namespace cal::fakes;

namespace {

// A server whose certificate is of `issuer`, and sessions with it.
class Secured {
 public:
  explicit Secured(const CertificateAuthority& issuer) : server_(options(issuer)) {
    server_.start();
  }

  // The fault of a session that trusts the CAs in this file; empty if it was opened.
  std::optional<ldap::FaultKind> fault(const TemporaryFile& ca_file) const {
    ldap::Settings settings;
    settings.uris = {server_.uri()};
    settings.ca_file = ca_file.path();
    settings.bind.user = "m@ebs.example.com";
    settings.bind.password_file = password_.path();
    auto session = ldap::Directory(settings).open(soon());
    return session ? std::nullopt : std::optional(session.error().kind);
  }

 private:
  static LdapServer::Options options(const CertificateAuthority& issuer) {
    LdapServer::Options options;
    options.tls_from_start = true;
    options.certificate = issuer.issue({.names = {"127.0.0.1"}});
    return options;
  }

  TemporaryFile password_{"secret"};
  LdapServer server_;
};

}  // namespace

TEST_CASE("a session over TLS leaves no memory behind", "[tls]") {
  constexpr int sessions = 40;
  const CertificateAuthority ca("Test CA");
  const TemporaryFile ca_file(ca.certificate_pem());
  const Secured secured(ca);
  const auto used = [] { return ::mallinfo2().uordblks + ::mallinfo2().hblkhd; };
  std::size_t before = 0;
  for (int run = 0; run < sessions; ++run) {
    if (run == 2) before = used();  // what the first runs set up stays
    REQUIRE_FALSE(secured.fault(ca_file));
  }
  // The server in this process keeps about 2 kB of each; a context for each would leak 8 kB.
  CHECK(used() < before + sessions * std::size_t{4096});
}

TEST_CASE("a CA file counts as it is when the session is opened", "[tls]") {
  const CertificateAuthority ca("Test CA");
  const CertificateAuthority other("Other CA");
  const TemporaryFile file(other.certificate_pem());
  const Secured secured(ca);
  const auto write = [&](const std::string& content) {
    std::ofstream(file.path(), std::ios::trunc) << content;
  };
  for (int round = 0; round < 2; ++round) {
    CHECK(secured.fault(file) == ldap::FaultKind::tls_untrusted);
    write(other.certificate_pem() + ca.certificate_pem());
    CHECK_FALSE(secured.fault(file));
    write(other.certificate_pem());
  }
  write("");
  CHECK(secured.fault(file) == ldap::FaultKind::tls_failed);
}

TEST_CASE("two networks with different CAs do not trust each other's", "[tls]") {
  const CertificateAuthority one("One CA");
  const CertificateAuthority two("Two CA");
  const TemporaryFile trusts_one(one.certificate_pem());
  const TemporaryFile trusts_two(two.certificate_pem());
  const Secured first(one);
  const Secured second(two);
  for (int round = 0; round < 2; ++round) {
    CHECK_FALSE(first.fault(trusts_one));
    CHECK_FALSE(second.fault(trusts_two));
    CHECK(first.fault(trusts_two) == ldap::FaultKind::tls_untrusted);
    CHECK(second.fault(trusts_one) == ldap::FaultKind::tls_untrusted);
  }
}
