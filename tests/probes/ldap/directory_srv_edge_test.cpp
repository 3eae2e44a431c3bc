// Which servers get the password if DNS says which servers a domain has.
#include "probes/ldap/directory.h"
#include "tests/catch.h"
#include "tests/fakes/certificates.h"
#include "tests/fakes/dns_server.h"
#include "tests/fakes/ldap_server.h"
#include "tests/fakes/temporary_file.h"

using namespace std::chrono_literals;
using cal::Deadline;
using cal::fakes::CertificateAuthority;
using cal::fakes::DnsServer;
using cal::fakes::LdapServer;
using cal::fakes::Leaf;
using cal::fakes::TemporaryFile;
using cal::ldap::Directory;
using cal::ldap::FaultKind;
using cal::ldap::Settings;

namespace {

// A domain whose SRV record names a host, and the server that answers there.
struct DomainByDns {
  explicit DomainByDns(const Leaf& leaf) : server(options_with(authority.issue(leaf))) {
    server.start();
    settings.srv = "ebs.example.com";
    settings.start_tls = true;
    settings.ca_file = ca_file.path();
    settings.bind.user = "svc@ebs.example.com";
    settings.bind.password_file = password.path();
    dns.emplace(std::map<std::string, DnsServer::Name>{
        {"_ldap._tcp.ebs.example.com",
         {.services = {{0, 100, server.port(), "dc1.ebs.example.com"}}}},
        {"dc1.ebs.example.com", {.addresses = {"127.0.0.1"}}}});
    settings.name_servers = {dns->address()};
  }

  static LdapServer::Options options_with(cal::fakes::KeyPair certificate) {
    LdapServer::Options options;
    options.certificate = std::move(certificate);
    return options;
  }
  cal::ldap::Result<cal::ldap::Session> open() const {
    return Directory(settings).open(Deadline::in(20s));
  }
  cal::ldap::Fault fault() const {
    const auto session = open();
    REQUIRE_FALSE(session);
    return session.error();
  }

  CertificateAuthority authority{"Test CA"};
  TemporaryFile ca_file{authority.certificate_pem()};
  TemporaryFile password{"secret-word"};
  LdapServer server;
  std::optional<DnsServer> dns;
  Settings settings;
};

constexpr auto kdc_authentication = "1.3.6.1.5.2.3.5";

}  // namespace

TEST_CASE("the servers of a domain are found by its SRV records", "[directory]") {
  const auto& leaf = GENERATE_REF(values<Leaf>({
      {.names = {"dc1.ebs.example.com", "ebs.example.com"}},
      {.names = {"ebs.example.com"}},
      {.names = {"dc1.ebs.example.com"}, .purposes = {kdc_authentication}},
  }));
  const DomainByDns domain(leaf);
  const auto session = domain.open();
  INFO((session ? "" : session.error().message));
  REQUIRE(session);
  CHECK(session->server() == "ldap://dc1.ebs.example.com:" + std::to_string(domain.server.port()));
  CHECK(domain.server.binds().size() == 1);
}

TEST_CASE("a server that DNS names gets the password only if its certificate proves the domain",
          "[directory]") {
  struct Row {
    Leaf leaf;
    FaultKind kind;
    const char* says;
  };
  const auto& row = GENERATE_REF(values<Row>({
      {{.names = {"dc1.ebs.example.com"}},
       FaultKind::tls_domain_mismatch,
       "lacks the purpose KDC Authentication (1.3.6.1.5.2.3.5)"},
      {{.names = {"dc1.ebs.example.com"}, .purposes = {"1.3.6.1.5.5.7.3.2"}},
       FaultKind::tls_domain_mismatch,
       "list the server in `uri`"},
      {{.names = {"dc1.ebs.example.com", "10.0.0.1"}, .purposes = {"1.3.6.1.5.2.3.4"}},
       FaultKind::tls_domain_mismatch,
       "`method: gssapi`"},
      {{.names = {"dc2.ebs.example.com"}, .purposes = {kdc_authentication}},
       FaultKind::tls_name_mismatch,
       "another name"},
      {{.names = {"example.com"}}, FaultKind::tls_name_mismatch, "another name"},
  }));
  CAPTURE(row.leaf.names);
  const DomainByDns domain(row.leaf);
  const auto fault = domain.fault();
  INFO(fault.message);
  CHECK(fault.kind == row.kind);
  CHECK_THAT(fault.message, Catch::Contains(row.says));
  CHECK(domain.server.binds().empty());
}

TEST_CASE("a server that is listed needs no proof of the domain", "[directory]") {
  DomainByDns domain({.names = {"dc1.ebs.example.com"}});
  domain.settings.srv.clear();
  domain.settings.uris = {domain.server.uri("dc1.ebs.example.com")};
  CHECK(domain.open());
}

TEST_CASE("a certificate of another authority that names the domain is not trusted",
          "[directory]") {
  const CertificateAuthority trusted("Another CA");
  const TemporaryFile ca_file(trusted.certificate_pem());
  DomainByDns domain({.names = {"ebs.example.com"}});
  domain.settings.ca_file = ca_file.path();
  CHECK(domain.fault().kind == FaultKind::tls_untrusted);
  CHECK(domain.server.binds().empty());
}
