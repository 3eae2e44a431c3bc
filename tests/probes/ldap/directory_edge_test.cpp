// Opening a session: from a name to a bind, and every way it can fail.
#include "probes/ldap/directory.h"
#include "tests/catch.h"
#include "tests/fakes/captured_log.h"
#include "tests/fakes/certificates.h"
#include "tests/fakes/dns_server.h"
#include "tests/fakes/ldap_server.h"
#include "tests/fakes/temporary_file.h"

#include <thread>

using namespace std::chrono_literals;
using cal::Deadline;
using cal::fakes::CertificateAuthority;
using cal::fakes::DnsServer;
using cal::fakes::LdapRequest;
using cal::fakes::LdapResult;
using cal::fakes::LdapServer;
using cal::fakes::Leaf;
using cal::fakes::TemporaryFile;
using cal::ldap::Directory;
using cal::ldap::Fault;
using cal::ldap::FaultKind;
using cal::ldap::Settings;

namespace {

constexpr auto enough = 20s;      // for what shall succeed
constexpr auto patience = 400ms;  // for what shall run out of time
constexpr auto generous = 15s;    // what a bounded call may take on a slow machine

// A directory whose settings a test can change before opening it.
class Opening {
 public:
  explicit Opening(std::vector<std::string> uris) {
    settings.uris = std::move(uris);
    settings.bind.user = "svc@ebs.example.com";
    settings.bind.password_file = password.path();
  }

  cal::ldap::Result<cal::ldap::Session> open(cal::Milliseconds span = enough) const {
    return Directory(settings).open(Deadline::in(span));
  }
  Fault fault(cal::Milliseconds span = enough) const {
    const auto session = open(span);
    REQUIRE_FALSE(session);
    return session.error();
  }

  TemporaryFile password{"secret-word\n"};
  Settings settings;
};

std::unique_ptr<LdapServer> start(LdapServer::Options options = {}) {
  auto server = std::make_unique<LdapServer>(std::move(options));
  server->start();
  return server;
}

// A server whose certificate is issued by an authority of this test.
struct TlsServer {
  explicit TlsServer(const Leaf& leaf = {{"127.0.0.1"}}, LdapServer::Options options = {}) {
    options.certificate = authority.issue(leaf);
    server = start(std::move(options));
  }
  CertificateAuthority authority{"Test CA"};
  TemporaryFile ca_file{authority.certificate_pem()};
  std::unique_ptr<LdapServer> server;
};

LdapServer::Options ldaps() {
  LdapServer::Options options;
  options.tls_from_start = true;
  return options;
}

}  // namespace

TEST_CASE("a simple bind opens a session", "[directory]") {
  const auto server = start();
  const auto session = Opening({server->uri()}).open();
  REQUIRE(session);
  CHECK(session->server() == server->uri());
  CHECK(session->default_naming_context() == "DC=ebs,DC=example,DC=com");
  REQUIRE(server->binds().size() == 1);
  CHECK(server->binds()[0].name == "svc@ebs.example.com");
  CHECK(server->binds()[0].password == "secret-word");
}

TEST_CASE("at level debug each bind is logged, and never its password", "[directory][log]") {
  const auto code = GENERATE(0, 49);
  LdapServer::Options options;
  options.on_bind = [&](const LdapRequest&) { return LdapResult{code, "80090308: data 52e"}; };
  const auto server = start(std::move(options));
  const cal::fakes::CapturedLog log;
  CHECK(Opening({server->uri()}).open().has_value() == (code == 0));
  CHECK(log.has(
      "level=debug msg=\"bind\" server=" + server->uri() +
      " user=svc@ebs.example.com method=simple result=" + (code == 0 ? "ok " : "\"bind to ")));
  CHECK_FALSE(log.has("secret-word"));
}

TEST_CASE("the phases of opening are timed", "[directory]") {
  const TlsServer tls({{"127.0.0.1"}}, ldaps());
  Opening opening({tls.server->uri()});
  opening.settings.ca_file = tls.ca_file.path();
  const auto session = opening.open();
  REQUIRE(session);
  std::vector<std::string> names;
  for (const auto& phase : session->phases()) names.emplace_back(phase.name);
  CHECK(names == std::vector<std::string>{"resolve", "connect", "tls", "bind"});
}

TEST_CASE("a server is found by its name and trusted by its certificate", "[directory]") {
  const bool from_start = GENERATE(true, false);
  LdapServer::Options options;
  options.tls_from_start = from_start;
  const TlsServer tls({{"dc1.ebs.example.com"}}, std::move(options));
  const DnsServer dns({{"dc1.ebs.example.com", {.addresses = {"127.0.0.1"}}}});
  Opening opening({tls.server->uri("dc1.ebs.example.com")});
  opening.settings.name_servers = {dns.address()};
  opening.settings.ca_file = tls.ca_file.path();
  opening.settings.start_tls = !from_start;
  const auto session = opening.open();
  INFO((session ? "" : session.error().message));
  CHECK(session);
}

TEST_CASE("the message says what is wrong with a certificate", "[directory]") {
  struct Row {
    const char* what;
    Leaf leaf;
    bool our_ca;
    FaultKind kind;
    const char* words;
  };
  const auto row = GENERATE(
      Row{"expired", {{"127.0.0.1"}, -48h, -24h}, true, FaultKind::tls_expired, "has expired"},
      Row{"not yet valid",
          {{"127.0.0.1"}, 24h, 48h},
          true,
          FaultKind::tls_expired,
          "not yet valid"},
      Row{"other CA", {{"127.0.0.1"}}, false, FaultKind::tls_untrusted, "issuer CN=Test CA"},
      Row{"other address",
          {{"127.0.0.2"}},
          true,
          FaultKind::tls_name_mismatch,
          "subject CN=127.0.0.2"},
      Row{"other name",
          {{"dc2.ebs.example.com"}},
          true,
          FaultKind::tls_name_mismatch,
          "subject CN=dc2.ebs.example.com"});
  const bool from_start = GENERATE(true, false);
  INFO(row.what << (from_start ? " by ldaps" : " by StartTLS"));
  LdapServer::Options options;
  options.tls_from_start = from_start;
  const TlsServer tls(row.leaf, std::move(options));
  const CertificateAuthority other("Other CA");
  const TemporaryFile other_ca(other.certificate_pem());
  Opening opening({tls.server->uri()});
  opening.settings.start_tls = !from_start;
  opening.settings.ca_file = row.our_ca ? tls.ca_file.path() : other_ca.path();
  const auto fault = opening.fault();
  INFO(fault.message);
  CHECK(fault.kind == row.kind);
  CHECK_THAT(fault.message,
             Catch::StartsWith("TLS with " + tls.server->uri()) && Catch::Contains(row.words));
  CHECK(tls.server->binds().empty());
}

TEST_CASE("a server that speaks only old versions of TLS gets no password", "[directory]") {
  const std::string version = GENERATE("TLS1.0", "TLS1.1");
  const bool from_start = GENERATE(true, false);
  INFO(version << (from_start ? " by ldaps" : " by StartTLS"));
  LdapServer::Options options;
  options.tls_from_start = from_start;
  options.tls_priority = "NORMAL:-VERS-ALL:+VERS-" + version;
  const TlsServer tls({{"127.0.0.1"}}, std::move(options));
  Opening opening({tls.server->uri()});
  opening.settings.start_tls = !from_start;
  opening.settings.ca_file = tls.ca_file.path();
  const auto fault = opening.fault();
  INFO(fault.message);
  CHECK(fault.kind == FaultKind::tls_failed);
  CHECK_THAT(fault.message, Catch::Contains("the server speaks TLS " + version.substr(3) +
                                            " at most; enable TLS 1.2 or newer on it"));
  CHECK(tls.server->binds().empty());
}

TEST_CASE("TLS 1.2 and 1.3 are spoken", "[directory]") {
  const std::string version = GENERATE("TLS1.2", "TLS1.3");
  auto options = ldaps();
  options.tls_priority = "NORMAL:-VERS-ALL:+VERS-" + version;
  const TlsServer tls({{"127.0.0.1"}}, std::move(options));
  Opening opening({tls.server->uri()});
  opening.settings.ca_file = tls.ca_file.path();
  INFO(version);
  CHECK(opening.open());
}

TEST_CASE("a host name is compared with the certificate, not an address", "[directory]") {
  const TlsServer tls({{"dc2.ebs.example.com"}}, ldaps());
  const DnsServer dns({{"dc1.ebs.example.com", {.addresses = {"127.0.0.1"}}}});
  Opening opening({tls.server->uri("dc1.ebs.example.com")});
  opening.settings.name_servers = {dns.address()};
  opening.settings.ca_file = tls.ca_file.path();
  CHECK(opening.fault().kind == FaultKind::tls_name_mismatch);
}

TEST_CASE("with an unusable CA file no server is trusted", "[directory]") {
  const TlsServer tls({{"127.0.0.1"}}, ldaps());
  Opening opening({tls.server->uri()});
  opening.settings.ca_file = "/nonexistent/ca.pem";
  const auto fault = opening.fault();
  CHECK(fault.kind == FaultKind::tls_failed);
  CHECK_THAT(fault.message, Catch::Contains("/nonexistent/ca.pem"));
}

TEST_CASE("without a CA file the system's authorities are trusted", "[directory]") {
  const TlsServer tls({{"127.0.0.1"}}, ldaps());
  CHECK(Opening({tls.server->uri()}).fault().kind == FaultKind::tls_untrusted);
}

TEST_CASE("a port that does not speak TLS fails the handshake", "[directory]") {
  LdapServer::Options options;
  options.misbehavior = GENERATE(LdapServer::Misbehavior::garbage, LdapServer::Misbehavior::closes);
  const auto server = start(std::move(options));
  const Opening opening({"ldaps://127.0.0.1:" + std::to_string(server->port())});
  const auto fault = opening.fault();
  INFO(fault.message);
  CHECK(fault.kind == FaultKind::tls_failed);
}

TEST_CASE("a server that refuses StartTLS fails TLS", "[directory]") {
  const auto server = start();
  Opening opening({server->uri()});
  opening.settings.start_tls = true;
  const auto fault = opening.fault();
  CHECK(fault.kind == FaultKind::tls_failed);
  CHECK_THAT(fault.message, Catch::Contains("no TLS here"));
  CHECK_THAT(fault.message, Catch::Contains("has a certificate for Server Authentication"));
}

TEST_CASE("a stalled peer takes no longer than the deadline", "[directory]") {
  using Misbehavior = LdapServer::Misbehavior;
  struct Row {
    const char* what;
    Misbehavior misbehavior;
    bool from_start;
    bool start_tls;
  };
  const auto row =
      GENERATE(Row{"silent, LDAPS", Misbehavior::silent, true, false},
               Row{"silent, plain", Misbehavior::silent, false, false},
               Row{"silent, StartTLS", Misbehavior::silent, false, true},
               Row{"half a TLS record", Misbehavior::half_a_handshake, true, false},
               Row{"StartTLS, then silence", Misbehavior::silent_after_start_tls, false, true},
               Row{"silent after the bind", Misbehavior::silent_after_bind, false, false});
  INFO(row.what);
  LdapServer::Options options;
  options.misbehavior = row.misbehavior;
  const auto server = start(std::move(options));
  Opening opening({(row.from_start ? "ldaps://127.0.0.1:" : "ldap://127.0.0.1:") +
                   std::to_string(server->port())});
  opening.settings.start_tls = row.start_tls;
  const auto begun = std::chrono::steady_clock::now();
  const auto fault = opening.fault(patience);
  CHECK(std::chrono::steady_clock::now() - begun < generous);
  INFO(fault.message);
  CHECK(fault.kind == FaultKind::timeout);
}

TEST_CASE("a server that is not running is a failed connection", "[directory]") {
  std::string uri;
  {
    const LdapServer gone;  // its port is free again
    uri = gone.uri();
  }
  const auto fault = Opening({uri}).fault();
  CHECK(fault.kind == FaultKind::connect_failed);
  CHECK_THAT(fault.message, Catch::Contains("connection refused"));
  CHECK(uri.find("//" + fault.host + ":") != std::string::npos);
}

TEST_CASE("a server that closes is a lost connection", "[directory]") {
  LdapServer::Options options;
  options.misbehavior = LdapServer::Misbehavior::closes;
  const auto server = start(std::move(options));
  CHECK(Opening({server->uri()}).fault().kind == FaultKind::connect_failed);
}

TEST_CASE("a name that does not exist is resolve_failed", "[directory]") {
  const DnsServer dns({});
  Opening opening({"ldaps://dc9.ebs.example.com"});
  opening.settings.name_servers = {dns.address()};
  const auto fault = opening.fault();
  CHECK(fault.kind == FaultKind::resolve_failed);
  CHECK_THAT(fault.message, Catch::Contains("NXDOMAIN"));
}

TEST_CASE("a silent name server is a timeout", "[directory]") {
  const DnsServer dns({{"dc1.ebs.example.com", {.fault = DnsServer::Fault::silence}}});
  Opening opening({"ldaps://dc1.ebs.example.com"});
  opening.settings.name_servers = {dns.address()};
  CHECK(opening.fault(patience).kind == FaultKind::timeout);
}

TEST_CASE("every address of a name is tried", "[directory]") {
  // The server listens on 127.0.0.1 only.
  const auto server = start();
  const DnsServer dns(
      {{"dc1.ebs.example.com", {.addresses = {"127.0.0.2", "127.0.0.1", "127.0.0.3"}}}});
  Opening opening({server->uri("dc1.ebs.example.com")});
  opening.settings.name_servers = {dns.address()};
  CHECK(opening.open());
}

TEST_CASE("refused credentials are reported and not tried on the next server", "[directory]") {
  LdapServer::Options options;
  options.on_bind = [](const LdapRequest&) {
    return LdapResult{49,
                      "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext "
                      "error, data 52e, v1db1"};
  };
  const auto server = start(std::move(options));
  const auto second = start();
  const auto fault = Opening({server->uri(), second->uri()}).fault();
  CHECK(fault.kind == FaultKind::bind_refused);
  CHECK_THAT(fault.message, Catch::StartsWith("bind to " + server->uri() +
                                              " as svc@ebs.example.com: invalid credentials "
                                              "(49/52e); check the user name and password; "));
  CHECK(second->connections() == 0);
}

TEST_CASE("after a busy server the next one is tried", "[directory]") {
  LdapServer::Options options;
  options.on_bind = [](const LdapRequest&) { return LdapResult{51, "busy"}; };
  const auto busy = start(std::move(options));
  const auto second = start();
  const auto session = Opening({busy->uri(), second->uri()}).open();
  REQUIRE(session);
  CHECK(session->server() == second->uri());
}

TEST_CASE("a stalling server leaves time for the next one", "[directory]") {
  LdapServer::Options options;
  options.misbehavior = LdapServer::Misbehavior::silent;
  const auto silent = start(std::move(options));
  const auto second = start();
  const auto session = Opening({silent->uri(), second->uri()}).open(3s);
  REQUIRE(session);
  CHECK(session->server() == second->uri());
}

TEST_CASE("the server that answered last is tried first", "[directory]") {
  LdapServer::Options options;
  options.misbehavior = LdapServer::Misbehavior::closes;
  const auto broken = start(std::move(options));
  const auto good = start();
  const Opening opening({broken->uri(), good->uri()});
  Directory directory(opening.settings);
  REQUIRE(directory.open(Deadline::in(enough)));
  REQUIRE(directory.open(Deadline::in(enough)));
  CHECK(broken->connections() == 1);
  CHECK(good->connections() == 2);
}

TEST_CASE("the fault that got furthest is reported for all servers", "[directory]") {
  std::string gone;
  {
    const LdapServer server;
    gone = server.uri();
  }
  const TlsServer expired({{"127.0.0.1"}, -48h, -24h}, ldaps());
  Opening opening({gone, expired.server->uri(), gone});
  opening.settings.ca_file = expired.ca_file.path();
  const auto fault = opening.fault();
  CHECK(fault.kind == FaultKind::tls_expired);
  CHECK_THAT(fault.message, Catch::Contains("connection refused") && Catch::Contains("expired"));
}

TEST_CASE("a domain without SRV records is resolve_failed", "[directory]") {
  const DnsServer dns({});
  Opening opening({});
  opening.settings.srv = "ebs.example.com";
  opening.settings.name_servers = {dns.address()};
  CHECK(opening.fault().kind == FaultKind::resolve_failed);
}

TEST_CASE("the password never shows in a message", "[directory]") {
  LdapServer::Options options;
  options.on_bind = [](const LdapRequest&) { return LdapResult{49, "no"}; };
  const auto server = start(std::move(options));
  CHECK_THAT(Opening({server->uri()}).fault().message, !Catch::Contains("secret-word"));
}

TEST_CASE("a password file without a password is bind_refused", "[directory]") {
  const auto server = start();
  Opening opening({server->uri()});
  const auto content = GENERATE(std::string(), std::string("\n"), std::string(2000, 'x'));
  const TemporaryFile file(content);
  opening.settings.bind.password_file = file.path();
  CHECK(opening.fault().kind == FaultKind::bind_refused);
  opening.settings.bind.password_file = "/nonexistent/password";
  CHECK_THAT(opening.fault().message, Catch::Contains("/nonexistent/password"));
  CHECK(server->binds().empty());
}

TEST_CASE("one trailing newline is not part of the password", "[directory]") {
  const auto server = start();
  Opening opening({server->uri()});
  const auto* content = GENERATE(" pass word", " pass word\n", " pass word\r\n");
  const TemporaryFile file(content);
  opening.settings.bind.password_file = file.path();
  REQUIRE(opening.open());
  CHECK(server->binds().back().password == " pass word");
}

TEST_CASE("an unreadable keytab is bind_refused", "[directory]") {
  const auto server = start();
  Opening opening({server->uri()});
  opening.settings.bind = {
      cal::ldap::BindMethod::gssapi, "svc@EBS.EXAMPLE.COM", {}, "/nonexistent/svc.keytab"};
  const auto fault = opening.fault();
  INFO(fault.message);
  CHECK(fault.kind == FaultKind::bind_refused);
  CHECK_THAT(fault.message, Catch::Contains("keytab"));
}

TEST_CASE("threads can open sessions of one directory concurrently", "[directory]") {
  const TlsServer tls({{"127.0.0.1"}}, ldaps());
  Opening opening({tls.server->uri()});
  opening.settings.ca_file = tls.ca_file.path();
  Directory directory(opening.settings);
  std::atomic<int> opened = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      if (directory.open(Deadline::in(enough))) ++opened;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(opened == 8);
}
