#include "agent/http/server.h"
#include "tests/catch.h"
#include "tests/fakes/http_client.h"
#include "tests/fakes/loopback_server.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <list>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using cal::HttpServer;
using cal::Request;
using cal::Response;
using cal::fakes::hello;
using cal::fakes::HttpClient;
using cal::fakes::on_loopback;
using Fixture = cal::fakes::LoopbackServer;
using Run = cal::Router::Run;

namespace {

// A handler that stays inside until released.
class Gate {
 public:
  Response pass(const Request&) {
    {
      const std::lock_guard lock(mutex_);
      if (!std::exchange(is_entered_, true)) entered_.set_value();
    }
    released_.wait_for(std::chrono::seconds(60));  // so that a failed test ends
    return {.body = "passed\n"};
  }
  void wait_until_entered() { entered_.get_future().wait(); }
  void release() { release_.set_value(); }

 private:
  std::mutex mutex_;
  bool is_entered_ = false;  // under mutex_
  std::promise<void> entered_;
  std::promise<void> release_;
  std::shared_future<void> released_ = release_.get_future().share();
};

bool has_ipv6_loopback() {
  sockaddr_in6 at{};
  at.sin6_family = AF_INET6;
  at.sin6_addr = in6addr_loopback;
  const int probe = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto* any = static_cast<const void*>(&at);
  const bool bound = bind(probe, static_cast<const sockaddr*>(any), sizeof at) == 0;
  close(probe);
  return bound;
}

}  // namespace

TEST_CASE("a connection serves one request after another", "[http_server]") {
  Fixture fixture;
  HttpClient client(fixture.start());
  CHECK(client.get("/hello").body == "hello\n");
  CHECK(client.get("/hello").body == "hello\n");
}

TEST_CASE("pipelined requests are answered in order", "[http_server]") {
  Fixture fixture;
  fixture.server.router().get_below("/echo/", Run::deferred, [](const Request& r) {
    return Response{.body = std::string(r.path)};
  });
  HttpClient client(fixture.start());
  client.send(
      "GET /hello HTTP/1.1\r\nHost: a\r\n\r\nGET /echo/1 HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /echo/2 HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.receive().body == "hello\n");
  CHECK(client.receive().body == "/echo/1");
  CHECK(client.receive().body == "/echo/2");
  CHECK(client.receive().body == "hello\n");
}

TEST_CASE("HEAD gives the headers of GET and no body", "[http_server]") {
  Fixture fixture;
  HttpClient client(fixture.start());
  client.ask("HEAD", "/hello");
  const auto head = client.receive_head();
  CHECK(head.status == 200);
  CHECK(head.headers.at("content-length") == "6");
  CHECK(client.get("/hello").body == "hello\n");  // nothing was left on the connection
}

TEST_CASE("every reply carries the security headers and no server name", "[http_server]") {
  Fixture fixture;
  HttpClient client(fixture.start());
  const auto* path = GENERATE("/hello", "/nowhere");
  const auto headers = client.get(path).headers;
  CHECK(headers.at("content-security-policy") == cal::content_security_policy);
  CHECK(headers.at("x-content-type-options") == "nosniff");
  CHECK(headers.at("x-frame-options") == "DENY");
  CHECK(headers.at("referrer-policy") == "no-referrer");
  CHECK(headers.at("cache-control") == "no-store");
  CHECK(headers.count("server") == 0);
}

TEST_CASE("a body that is made while it is sent arrives whole at several clients",
          "[http_server]") {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i) + '\n';
  Fixture fixture;
  const auto read = [text](std::size_t begin, std::span<char> out) {
    return text.copy(out.data(), std::min<std::size_t>(out.size(), 777), begin);
  };
  const cal::Reply reply(Response{.large_body = cal::LargeBody{text.size(), read}});
  fixture.server.router().get("/large", Run::immediate, [&](const Request&) { return reply; });
  const auto url = fixture.start();
  HttpClient first(url);
  HttpClient second(url);
  first.ask("GET", "/large");
  second.ask("GET", "/large");
  CHECK(second.receive().body == text);
  const auto received = first.receive();
  CHECK(received.body == text);
  CHECK(received.headers.at("content-length") == std::to_string(text.size()));
}

TEST_CASE("a body that cannot be made ends the connection, and the server goes on",
          "[http_server]") {
  Fixture fixture;
  const auto fail = [](std::size_t, std::span<char>) -> std::size_t {
    throw std::runtime_error("no memory");
  };
  fixture.server.router().get("/large", Run::immediate, [&](const Request&) {
    return Response{.large_body = cal::LargeBody{100, fail}};
  });
  const auto url = fixture.start();
  HttpClient client(url);
  client.ask("GET", "/large");
  client.wait_until_closed();
  CHECK(HttpClient(url).get("/hello").status == 200);
}

TEST_CASE("a handler may replace a default header", "[http_server]") {
  Fixture fixture;
  fixture.server.router().get("/style.css", Run::immediate, [](const Request&) {
    return Response{.content_type = "text/css", .headers = {{"cache-control", "max-age=60"}}};
  });
  HttpClient client(fixture.start());
  const auto reply = client.get("/style.css");
  CHECK(reply.headers.at("cache-control") == "max-age=60");
  CHECK(reply.headers.at("content-type") == "text/css");
}

TEST_CASE("an unknown path is not found", "[http_server]") {
  Fixture fixture;
  HttpClient client(fixture.start());
  const auto* path = GENERATE("/", "/hell", "/hello/", "/Hello", "//hello", "/%00hello");
  CAPTURE(path);
  CHECK(client.get(path).status == 404);
}

TEST_CASE("the query is not part of the path", "[http_server]") {
  Fixture fixture;
  HttpClient client(fixture.start());
  CHECK(client.get("/hello?name=value").status == 200);
}

TEST_CASE("a method that a path does not have is named with those it has", "[http_server]") {
  Fixture fixture;
  fixture.server.router().post("/reload", Run::immediate, hello);
  fixture.server.router().get("/both", Run::immediate, hello);
  fixture.server.router().post("/both", Run::immediate, hello);
  HttpClient client(fixture.start());
  const auto [method, path, allowed] = GENERATE(table<std::string, std::string, std::string>({
      {"POST", "/hello", "GET, HEAD"},
      {"DELETE", "/hello", "GET, HEAD"},
      {"OPTIONS", "/hello", "GET, HEAD"},
      {"get", "/hello", "GET, HEAD"},
      {"GET", "/reload", "POST"},
      {"PUT", "/both", "GET, HEAD, POST"},
  }));
  CAPTURE(method, path);
  client.ask(method, path);
  const auto reply = client.receive();
  CHECK(reply.status == 405);
  CHECK(reply.headers.at("allow") == allowed);
}

TEST_CASE("a path goes to its exact route, then to the longest prefix", "[http_server]") {
  Fixture fixture;
  const auto says = [](std::string name) {
    return [name](const Request&) { return Response{.body = name}; };
  };
  fixture.server.router().get_below("/runbooks/", Run::immediate, says("runbooks"));
  fixture.server.router().get_below("/runbooks/pack/", Run::immediate, says("pack"));
  fixture.server.router().get("/runbooks/pack/one", Run::immediate, says("one"));
  HttpClient client(fixture.start());
  CHECK(client.get("/runbooks/").body == "runbooks");
  CHECK(client.get("/runbooks/pack").body == "runbooks");
  CHECK(client.get("/runbooks/pack/two").body == "pack");
  CHECK(client.get("/runbooks/pack/one").body == "one");
  CHECK(client.get("/runbooks").status == 404);
}

TEST_CASE("the body of a request is read and ignored up to its limit", "[http_server]") {
  Fixture fixture;
  fixture.server.router().post("/reload", Run::immediate, hello);
  HttpClient client(fixture.start());
  const std::string body(65'536, 'x');
  client.ask("POST", "/reload", "Content-Length: 65536\r\n");
  client.send(body);
  CHECK(client.receive().status == 200);
  CHECK(client.get("/hello").status == 200);

  client.ask("POST", "/reload", "Content-Length: 65537\r\n");
  CHECK(client.receive().status == 413);
}

TEST_CASE("a body that turns out too long ends the connection", "[http_server]") {
  Fixture fixture;
  fixture.server.router().post("/reload", Run::immediate, hello);
  const auto url = fixture.start();
  HttpClient client(url);
  client.ask("POST", "/reload", "Transfer-Encoding: chunked\r\n");
  try {
    for (int i = 0; i < 17; ++i) client.send("1000\r\n" + std::string(0x1000, 'x') + "\r\n");
  } catch (const std::runtime_error&) {
    // It may be closed before all is sent.
  }
  client.wait_until_closed();
  CHECK(HttpClient(url).get("/hello").status == 200);
}

TEST_CASE("a head that is too long is refused, and the server goes on", "[http_server]") {
  Fixture fixture;
  const auto url = fixture.start();
  HttpClient client(url);
  const std::string much(15'000, 'x');
  SECTION("a long path") {
    client.ask("GET", "/" + much + much);
    CHECK(client.receive().status == 414);
  }
  SECTION("a long header") {
    client.ask("GET", "/hello", "X-Long: " + much + much + "\r\n");
    CHECK(client.receive().status == 431);
  }
  CHECK(HttpClient(url).get("/hello").status == 200);
}

TEST_CASE("a request that is not HTTP is refused, and the server goes on", "[http_server]") {
  Fixture fixture;
  const auto url = fixture.start();
  const auto* bytes = GENERATE("\r\n\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01\x02\x00\x01\r\n\r\n",
                               "GET /hello HTTP/9.9\r\n\r\n", "GET /hello HTTP/1.1\r\n: x\r\n\r\n");
  {
    HttpClient client(url);
    client.send(bytes);
  }
  CHECK(HttpClient(url).get("/hello").status == 200);
}

TEST_CASE("a slow deferred handler delays no other request", "[http_server]") {
  Gate gate;
  Fixture fixture;
  fixture.server.router().get("/slow", Run::deferred,
                              [&](const Request& r) { return gate.pass(r); });
  const auto url = fixture.start();
  HttpClient slow(url);
  slow.ask("GET", "/slow");
  gate.wait_until_entered();
  CHECK(HttpClient(url).get("/hello").status == 200);
  gate.release();
  CHECK(slow.receive().body == "passed\n");
  CHECK(slow.get("/hello").status == 200);
}

TEST_CASE("a deferred request beyond the queue gets 503 with Retry-After", "[http_server]") {
  auto settings = on_loopback();
  settings.workers = 1;
  settings.waiting_limit = 1;
  Gate gate;
  Fixture fixture(std::move(settings));
  fixture.server.router().get("/slow", Run::deferred,
                              [&](const Request& r) { return gate.pass(r); });
  const auto url = fixture.start();
  HttpClient running(url);
  running.ask("GET", "/slow");
  gate.wait_until_entered();

  HttpClient one(url);
  HttpClient other(url);
  one.ask("GET", "/slow");
  other.ask("GET", "/slow");
  auto& refused = HttpClient::first_to_hear(one, other);
  auto& waiting = &refused == &one ? other : one;
  const auto reply = refused.receive();
  CHECK(reply.status == 503);
  CHECK(reply.headers.at("retry-after") == "1");

  gate.release();
  CHECK(running.receive().status == 200);
  CHECK(waiting.receive().status == 200);
}

TEST_CASE("a client that leaves before its deferred reply does no harm", "[http_server]") {
  Gate gate;
  Fixture fixture;
  fixture.server.router().get("/slow", Run::deferred,
                              [&](const Request& r) { return gate.pass(r); });
  const auto url = fixture.start();
  {
    HttpClient leaving(url);
    leaving.ask("GET", "/slow");
    gate.wait_until_entered();
  }
  gate.release();
  CHECK(HttpClient(url).get("/slow").body == "passed\n");
}

TEST_CASE("an exception of a handler is a plain 500 and is reported", "[http_server]") {
  std::promise<std::string> reported;
  auto settings = on_loopback();
  settings.on_error = [&](std::string_view message) { reported.set_value(std::string(message)); };
  Fixture fixture(std::move(settings));
  fixture.server.router().get(
      "/broken", GENERATE(Run::immediate, Run::deferred),
      [](const Request&) -> Response { throw std::runtime_error("secret detail"); });
  HttpClient client(fixture.start());
  const auto reply = client.get("/broken");
  CHECK(reply.status == 500);
  CHECK(reply.body == "internal error\n");
  CHECK(reported.get_future().get() == "handle GET /broken: secret detail");
  CHECK(client.get("/hello").status == 200);
}

TEST_CASE("a request whose failure cannot even be reported gets 500", "[http_server]") {
  auto settings = on_loopback();
  settings.on_error = [](std::string_view) { throw std::runtime_error("the log is full"); };
  Fixture fixture(std::move(settings));
  fixture.server.router().get(
      "/broken", GENERATE(Run::immediate, Run::deferred),
      [](const Request&) -> Response { throw std::runtime_error("broken"); });
  HttpClient client(fixture.start());
  CHECK(client.get("/broken").status == 500);
  CHECK(client.get("/hello").status == 200);
}

TEST_CASE("a server stops while requests run and wait", "[http_server]") {
  auto settings = on_loopback();
  settings.workers = 1;
  Gate gate;
  Fixture fixture(std::move(settings));
  fixture.server.router().get("/slow", Run::deferred,
                              [&](const Request& r) { return gate.pass(r); });
  const auto url = fixture.start();
  std::list<HttpClient> clients;
  for (int i = 0; i < 5; ++i) clients.emplace_back(url).ask("GET", "/slow");
  gate.wait_until_entered();
  auto stopped = std::async(std::launch::async, [&] { fixture.server.stop(); });
  gate.release();
  stopped.get();
  for (auto& client : clients) CHECK_NOTHROW(client.wait_until_closed());
  CHECK_THROWS(HttpClient(url));
}

TEST_CASE("stopping twice, or before the start, does no harm", "[http_server]") {
  Fixture fixture;
  fixture.server.stop();
  Fixture started;
  started.start();
  started.server.stop();
  CHECK_NOTHROW(started.server.stop());
}

TEST_CASE("two servers cannot have one address", "[http_server]") {
  Fixture first;
  const auto url = first.start();
  auto settings = on_loopback();
  settings.listen_addresses = {url.substr(std::string("http://").size())};
  Fixture second(std::move(settings));
  CHECK_THROWS_WITH(second.start(), Catch::Contains("address already in use"));
}

TEST_CASE("IPv6 is served, alone and beside IPv4", "[http_server]") {
  if (!has_ipv6_loopback()) {
    WARN("skipped: this host has no [::1]");
    return;
  }
  HttpServer::Settings settings;
  SECTION("its own address") {
    settings.listen_addresses = {"[::1]:0", "127.0.0.1:0"};
    Fixture fixture(std::move(settings));
    fixture.start();
    const auto urls = fixture.server.addresses();
    REQUIRE(urls.size() == 2);
    CHECK_THAT(urls[0], Catch::StartsWith("http://[::1]:"));
    for (const auto& url : urls) CHECK(HttpClient(url).get("/hello").status == 200);
  }
  SECTION("every address of both families") {
    settings.listen_addresses = {":0"};
    Fixture fixture(std::move(settings));
    const auto port = fixture.start().substr(std::string("http://[::]:").size());
    CHECK(HttpClient("http://[::1]:" + port).get("/hello").status == 200);
    CHECK(HttpClient("http://127.0.0.1:" + port).get("/hello").status == 200);
  }
}
