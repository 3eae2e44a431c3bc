// Under which names the server answers, against DNS rebinding and forms of other sites.
#include "agent/http/server.h"
#include "tests/catch.h"
#include "tests/fakes/http_client.h"
#include "tests/fakes/loopback_server.h"

#include <fmt/format.h>

#include <string>

using cal::AllowedHosts;
using cal::HttpServer;
using cal::fakes::hello;
using cal::fakes::HttpClient;
using cal::fakes::on_loopback;
using Fixture = cal::fakes::LoopbackServer;
using Run = cal::Router::Run;

namespace {

HttpServer::Settings with_hosts() {
  auto settings = on_loopback();
  settings.hosts = AllowedHosts({"localhost"}, "");
  settings.paths_for_any_host = {"/metrics"};
  return settings;
}

}  // namespace

TEST_CASE("a Host that is not ours gets 421, which names the option", "[http_server]") {
  Fixture fixture(with_hosts());
  fixture.server.router().get("/metrics", Run::immediate, hello);
  HttpClient client(fixture.start());
  const auto status = [&](std::string_view path, std::string_view host) {
    client.send(fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", path, host));
    return client.receive().status;
  };
  CHECK(status("/hello", "localhost:10105") == 200);
  CHECK(status("/hello", "192.0.2.1") == 200);
  CHECK(status("/hello", "rebind.example.org") == 421);
  CHECK(status("/nowhere", "rebind.example.org") == 421);
  CHECK(status("/metrics", "rebind.example.org") == 200);
  CHECK(status("/metrics/", "rebind.example.org") == 421);
  client.send("GET /hello HTTP/1.1\r\nHost: rebind.example.org\r\n\r\n");
  CHECK(client.receive().body.find("--web.allowed-hosts") != std::string::npos);
}

TEST_CASE("a request without a Host gets 421", "[http_server]") {
  Fixture fixture(with_hosts());
  HttpClient client(fixture.start());
  client.send("GET /hello HTTP/1.0\r\n\r\n");
  CHECK(client.receive().status == 421);
}

TEST_CASE("a POST from another site's page gets 403", "[http_server]") {
  Fixture fixture(with_hosts());
  fixture.server.router().post("/reload", Run::immediate, hello);
  HttpClient client(fixture.start());
  const auto status = [&](std::string_view method, std::string_view path, std::string_view more) {
    client.send(
        fmt::format("{} {} HTTP/1.1\r\nHost: localhost:10105\r\n{}\r\n", method, path, more));
    return client.receive().status;
  };
  CHECK(status("POST", "/reload", "") == 200);
  CHECK(status("POST", "/reload", "Origin: http://localhost:10105\r\n") == 200);
  CHECK(status("POST", "/reload", "Origin: http://example.org\r\n") == 403);
  CHECK(status("POST", "/reload", "Origin: null\r\n") == 403);
  CHECK(status("GET", "/hello", "Origin: http://example.org\r\n") == 200);
}

TEST_CASE("a request that a proxy may read differently gets 400", "[http_server]") {
  Fixture fixture(with_hosts());
  fixture.server.router().post("/reload", Run::immediate, hello);
  const auto url = fixture.start();
  for (const auto* head :
       {"GET /hello HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n",
        "GET /hello HTTP/1.1\r\nHost: localhost\r\nhost: evil\r\n",
        "GET /metrics HTTP/1.1\r\nHost: evil\r\nHOST: localhost\r\n",
        "POST /reload HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nOrigin: "
        "http://evil\r\n"
        "Content-Length: 0\r\n",
        "POST /reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 0\r\n",
        "POST /reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: "
        "chunked\r\n",
        "POST /reload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: identity\r\n"
        "Transfer-Encoding: chunked\r\n",
        "POST /reload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n",
        "GET /hello HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic YTpi\r\nAuthorization: "
        "x\r\n",
        "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n",
        "GET hello HTTP/1.1\r\nHost: localhost\r\n"}) {
    CAPTURE(head);
    HttpClient client(url);
    client.send(std::string(head) + "\r\n");
    CHECK(client.receive().status == 400);
    client.wait_until_closed();
  }
}

TEST_CASE("a whole URL is asked for under its own host", "[http_server]") {
  Fixture fixture(with_hosts());
  fixture.server.router().get("/metrics", Run::immediate, hello);
  fixture.server.router().get("/who", Run::immediate, [](const cal::Request& request) {
    return cal::Response{.body = request.audience == cal::Audience::trusted ? "trusted" : "anyone"};
  });
  HttpClient client(fixture.start());
  const auto asked = [&](std::string_view target, std::string_view host) {
    client.send(fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", target, host));
    return client.receive();
  };
  CHECK(asked("http://localhost/hello", "localhost").status == 200);
  CHECK(asked("HTTP://localhost:10105/hello?x=y", "evil").status == 200);
  CHECK(asked("http://evil/hello", "localhost").status == 421);
  CHECK(asked("http://localhost@evil/hello", "localhost").status == 421);
  CHECK(asked("http://evil/metrics", "evil").status == 200);
  CHECK(asked("http://localhost", "evil").status == 404);
  CHECK(asked("http://localhost/who", "evil").body == "trusted");
  CHECK(asked("http://192.0.2.1/who", "localhost").body == "anyone");
}
