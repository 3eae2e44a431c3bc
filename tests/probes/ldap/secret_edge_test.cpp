// A server that quotes the password it was sent, in each of its texts that a fault shows.
#include "probes/ldap/directory.h"
#include "tests/catch.h"
#include "tests/fakes/directory_access.h"
#include "tests/fakes/ldap_server.h"
#include "tests/fakes/temporary_file.h"

using cal::fakes::base;
using cal::fakes::LdapRequest;
using cal::fakes::LdapResult;
using cal::fakes::LdapServer;
using cal::fakes::soon;
using cal::fakes::TemporaryFile;
using cal::ldap::Directory;
using cal::ldap::Fault;
using cal::ldap::Session;
using cal::ldap::Settings;

namespace {

const std::string quoting = "wrong: 'secret-word', not you";
const std::string quoted = "wrong: '(the password)', not you";

class Quoted {
 public:
  explicit Quoted(LdapServer::Options options, std::string_view password = "secret-word\n")
      : server_(std::move(options)), password_(password) {
    server_.start();
    settings.uris = {server_.uri()};
    settings.bind.user = "svc@ebs.example.com";
    settings.bind.password_file = password_.path();
  }

  cal::ldap::Result<Session> open() const { return Directory(settings).open(soon()); }

 private:
  LdapServer server_;
  TemporaryFile password_;

 public:
  Settings settings;
};

void check_hidden(const std::string& message) {
  CHECK_THAT(message, Catch::Contains(quoted));
  CHECK_THAT(message, !Catch::Contains("secret-word"));
}

}  // namespace

TEST_CASE("a refused bind does not show the password that the server quotes", "[secret]") {
  const int code = GENERATE(49, 8, 53, 2, 80);
  CAPTURE(code);
  LdapServer::Options options;
  options.on_bind = [code](const LdapRequest&) { return LdapResult{code, quoting}; };
  const auto session = Quoted(options).open();
  REQUIRE_FALSE(session);
  check_hidden(session.error().message);
}

TEST_CASE("a failed search does not show the password that the server quotes", "[secret]") {
  LdapServer::Options options;
  options.on_search = [](const LdapRequest& request) -> std::optional<LdapServer::SearchAnswer> {
    if (request.base.empty()) return std::nullopt;  // the root DSE
    return LdapServer::SearchAnswer{.result = {53, quoting}};
  };
  const Quoted server(options);
  auto session = server.open();
  REQUIRE(session);
  const auto found = session->search({.base = base}, soon());
  REQUIRE_FALSE(found);
  check_hidden(found.error().message);
}

TEST_CASE("a Notice of Disconnection does not show the password that it quotes", "[secret]") {
  LdapServer::Options options;
  options.misbehavior = LdapServer::Misbehavior::disconnects;
  options.notice = {80, quoting};
  const Quoted server(options);
  auto session = server.open();
  REQUIRE(session);
  const auto found = session->search({.base = base}, soon());
  REQUIRE_FALSE(found);
  check_hidden(found.error().message);
}

TEST_CASE("a refusal of StartTLS does not show the password of an earlier bind", "[secret]") {
  Quoted server({}, "no TLS here");  // what the server says
  server.settings.start_tls = true;
  const auto session = server.open();
  REQUIRE_FALSE(session);
  CHECK_THAT(session.error().message,
             Catch::Contains("(the password)") && !Catch::Contains("no TLS here"));
}
