#include "agent/http/protection.h"

#include "tests/catch.h"

using cal::BasicAuth;
using cal::ClientCertificate;
using cal::HttpAccess;
using cal::HttpTls;
using cal::lost_protection;
using cal::Users;
using cal::WebConfig;

namespace {

const Users users{{"a", "$2b$04$abcdefghijklmnopqrstuuFmEfrkTQnczNzw475xE2VhDrK1uwJiC"}};

HttpTls tls(ClientCertificate client, std::set<std::string> names = {}) {
  return {.certificate_pem = "",
          .key_pem = "",
          .priorities = "",
          .client = client,
          .client_ca_pem = "",
          .client_names = std::move(names)};
}

std::string lost(const HttpTls& before, const HttpTls& after) {
  return lost_protection(
      {.tls = std::make_shared<const HttpTls>(before), .auth = nullptr, .headers = {}},
      {.tls = after, .users = {}, .headers = {}});
}

}  // namespace

TEST_CASE("TLS and users are protection", "[protection]") {
  const WebConfig nothing{.tls = {}, .users = {}, .headers = {}};
  const HttpAccess with_tls{.tls = std::make_shared<const HttpTls>(tls(ClientCertificate::none)),
                            .auth = nullptr,
                            .headers = {}};
  const HttpAccess with_users{
      .tls = nullptr, .auth = std::make_shared<BasicAuth>(users), .headers = {}};
  CHECK(lost_protection({}, nothing).empty());
  CHECK(lost_protection(with_tls, nothing) == "it removes TLS or all users");
  CHECK(lost_protection(with_users, nothing) == "it removes TLS or all users");
  CHECK(lost_protection(with_users, {.tls = {}, .users = {{"b", "x"}}, .headers = {}}).empty());
}

TEST_CASE("a client certificate that is demanded or verified stays so", "[protection]") {
  using enum ClientCertificate;
  const auto [before, after, is_lost] = GENERATE(table<ClientCertificate, ClientCertificate, bool>({
      {require_and_verify, none, true},
      {require_and_verify, request, true},
      {require_and_verify, require_any, true},
      {require_and_verify, verify_if_given, true},
      {require_any, none, true},
      {require_any, verify_if_given, true},
      {verify_if_given, none, true},
      {verify_if_given, require_any, true},
      {require_any, require_and_verify, false},
      {verify_if_given, require_and_verify, false},
      {none, require_and_verify, false},
      {request, none, false},
  }));
  CAPTURE(static_cast<int>(before), static_cast<int>(after));
  CHECK(lost(tls(before), tls(after)) ==
        (is_lost ? "it no longer requires client certificates (client_auth_type)" : ""));
}

TEST_CASE("a list of names may change but not vanish", "[protection]") {
  const auto verify = ClientCertificate::require_and_verify;
  CHECK(lost(tls(verify, {"a"}), tls(verify)) ==
        "it removes the allowed client names (client_allowed_sans)");
  CHECK(lost(tls(verify, {"a"}), tls(verify, {"b", "c"})).empty());
  CHECK(lost(tls(verify), tls(verify, {"a"})).empty());
}

TEST_CASE("the oldest version of TLS may become newer, but not older", "[protection]") {
  using enum cal::TlsVersion;
  const auto [before, after, is_lost] = GENERATE(table<cal::TlsVersion, cal::TlsVersion, bool>({
      {tls13, tls12, true},
      {tls12, tls11, true},
      {tls11, tls10, true},
      {tls12, tls12, false},
      {tls12, tls13, false},
      {tls10, tls12, false},
  }));
  auto old = tls(ClientCertificate::none);
  auto fresh = old;
  old.min_version = before;
  fresh.min_version = after;
  CHECK(lost(old, fresh) == (is_lost ? "it accepts an older version of TLS (min_version)" : ""));
}

TEST_CASE("the CA of clients may change, but not to those of the system", "[protection]") {
  auto named = tls(ClientCertificate::require_and_verify);
  named.client_ca_pem = "ours";
  auto of_system = named;
  of_system.client_ca_of_system = true;
  CHECK(lost(named, of_system) ==
        "it no longer names the CA of the client certificates (client_ca_file)");
  CHECK(lost(of_system, named).empty());
  CHECK(lost(of_system, of_system).empty());
}

TEST_CASE("a rate limit may change but not vanish", "[protection]") {
  using std::chrono::seconds;
  const HttpAccess limited{
      .limit = std::make_shared<cal::RateLimit>(cal::RateLimit::Settings{seconds(1), 1})};
  CHECK(lost_protection(limited, {}) == "it removes the rate limit (rate_limit)");
  CHECK(lost_protection(limited, {.limit = cal::RateLimit::Settings{seconds(2), 9}}).empty());
  CHECK(lost_protection({}, {.limit = cal::RateLimit::Settings{seconds(2), 9}}).empty());
}
