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
