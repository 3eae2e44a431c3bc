// Who is trusted with a repair plan. TLS, and clients of another host, are in
// tests/integration/test_repair_page.py.
#include "agent/http/audience.h"
#include "agent/http/server.h"
#include "tests/catch.h"
#include "tests/fakes/http_client.h"
#include "tests/fakes/loopback_server.h"

#include <fmt/format.h>

#include <string>

using cal::Audience;
using cal::BasicAuth;
using cal::HttpServer;
using cal::Request;
using cal::Response;
using cal::Users;
using cal::fakes::HttpClient;
using cal::fakes::on_loopback;
using Fixture = cal::fakes::LoopbackServer;
using Run = cal::Router::Run;

namespace {

Response audience(const Request& request) {
  return {.body = request.audience == Audience::trusted ? "trusted" : "anyone"};
}

// Answers "trusted" or "anyone" at /who, and the same from a worker at /deferred.
struct AudienceServer : Fixture {
  explicit AudienceServer(HttpServer::Settings settings = on_loopback())
      : Fixture(std::move(settings)) {
    server.router().get("/who", Run::immediate, audience);
    server.router().get("/deferred", Run::deferred, audience);
  }
};

std::string answer(HttpClient& client, std::string_view host, std::string_view more = {},
                   std::string_view path = "/who") {
  client.send(fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\n{}\r\n", path, host, more));
  return client.receive().body;
}

}  // namespace

TEST_CASE("somebody on this host is trusted under its loopback names", "[http_server]") {
  AudienceServer fixture;
  HttpClient client(fixture.start());
  for (const auto* host :
       {"localhost", "LOCALHOST:10105", "127.0.0.1", "127.1.2.3:80", "[::1]:1"}) {
    CAPTURE(host);
    CHECK(answer(client, host) == "trusted");
    CHECK(answer(client, host, "", "/deferred") == "trusted");
  }
  for (const auto* host : {"cal.example.com", "localhost.example.com", "192.0.2.1", "[2001:db8::1]",
                           "127.0.0.1.example.com", "127.0.0.1@example.com", "1270.0.0.1", ""}) {
    CAPTURE(host);
    CHECK(answer(client, host) == "anyone");
    CHECK(answer(client, host, "", "/deferred") == "anyone");
  }
}

TEST_CASE("a header of a proxy takes the trust away, whatever it says", "[http_server]") {
  AudienceServer fixture;
  HttpClient client(fixture.start());
  for (const auto* header :
       {"Forwarded: for=127.0.0.1", "Via: 1.1 localhost", "X-Forwarded-For: 127.0.0.1",
        "x-forwarded-for: ::1", "X-Forwarded-For:", "X-Forwarded-Host: localhost",
        "X-Forwarded-Proto: https", "X-Real-IP: 127.0.0.1", "X-Client-IP: 127.0.0.1",
        "True-Client-IP: 127.0.0.1", "CF-Connecting-IP: 127.0.0.1"}) {
    CAPTURE(header);
    CHECK(answer(client, "localhost", fmt::format("{}\r\n", header)) == "anyone");
  }
  CHECK(answer(client, "localhost", "Authorization: Basic cHJvbWV0aGV1czpyaWdodA==\r\n") ==
        "trusted");
  CHECK(answer(client, "localhost") == "trusted");  // the next request is judged by itself
}

TEST_CASE("a request of HTTP/1.0 is that of a proxy", "[http_server]") {
  AudienceServer fixture;
  HttpClient client(fixture.start());
  client.send("GET /who HTTP/1.0\r\nHost: localhost\r\n\r\n");
  CHECK(client.receive().body == "anyone");
}

TEST_CASE("behind a proxy, nobody is trusted for a loopback address", "[http_server]") {
  auto settings = on_loopback();
  settings.behind_proxy = true;
  AudienceServer fixture(std::move(settings));
  HttpClient client(fixture.start());
  CHECK(answer(client, "localhost") == "anyone");
}

TEST_CASE("a password without TLS gives no trust", "[http_server]") {
  // bcrypt of "right", cost 4
  const Users users{{"prometheus", "$2b$04$abcdefghijklmnopqrstuuFmEfrkTQnczNzw475xE2VhDrK1uwJiC"}};
  AudienceServer fixture;
  HttpClient client(fixture.start({.auth = std::make_shared<BasicAuth>(users)}));
  const auto* right = "Authorization: Basic cHJvbWV0aGV1czpyaWdodA==\r\n";
  for (int i = 0; i < 2; ++i) {  // checked, then remembered
    CHECK(answer(client, "cal.example.com", right) == "anyone");
    CHECK(answer(client, "localhost", right) == "trusted");
    CHECK(answer(client, "localhost").find("required") != std::string::npos);
  }
}
