// Who gets an answer: users with their password, and clients while others hold on to the server.
#include "agent/http/server.h"
#include "tests/catch.h"
#include "tests/fakes/http_client.h"
#include "tests/fakes/loopback_server.h"

#include <fmt/format.h>

#include <chrono>
#include <list>
#include <stdexcept>
#include <string>
#include <thread>

using cal::BasicAuth;
using cal::Reply;
using cal::Request;
using cal::Response;
using cal::Users;
using cal::fakes::hello;
using cal::fakes::HttpClient;
using cal::fakes::on_loopback;
using Fixture = cal::fakes::LoopbackServer;
using Run = cal::Router::Run;

TEST_CASE("clients that do not finish do not keep a server from stopping", "[http_server]") {
  auto settings = on_loopback();
  settings.idle_timeout_seconds = 3600;  // no client is given up
  Fixture fixture(std::move(settings));
  fixture.server.router().post("/reload", Run::immediate, hello);
  const std::string much(32'000'000, 'x');
  fixture.server.router().get("/much", Run::deferred,
                              [&](const Request&) { return Response{.body = much}; });
  const auto url = fixture.start();
  HttpClient sends_no_body(url);
  sends_no_body.ask("POST", "/reload", "Content-Length: 10\r\n");
  HttpClient takes_no_reply(url);
  takes_no_reply.ask("GET", "/much");
  CHECK(HttpClient(url).get("/hello").status == 200);
  fixture.server.stop();
  CHECK_NOTHROW(sends_no_body.wait_until_closed());
}

TEST_CASE("one client cannot have every connection", "[http_server]") {
  auto settings = on_loopback();
  settings.connection_limit = 16;
  Fixture fixture(std::move(settings));
  const auto url = fixture.start();
  std::list<HttpClient> greedy;
  for (int i = 0; i < 12; ++i) greedy.emplace_back(url).send("GET /hello HTTP/1.1\r\nHo");
  HttpClient refused(url);
  CHECK_NOTHROW(refused.wait_until_closed());
  CHECK(HttpClient(url, "127.0.0.2").get("/hello").status == 200);
  greedy.back().send("st: a\r\n\r\n");
  CHECK(greedy.back().receive().status == 200);
}

TEST_CASE("trickling clients do not lock out one that was served lately", "[http_server]") {
  auto settings = on_loopback();
  settings.connection_limit = 16;
  Fixture fixture(std::move(settings));
  const auto url = fixture.start();
  CHECK(HttpClient(url, "127.0.0.9").get("/hello").status == 200);
  std::list<HttpClient> slow;
  for (const auto* from : {"127.0.0.2", "127.0.0.3", "127.0.0.4"}) {
    for (int i = 0; i < 12; ++i) slow.emplace_back(url, from);
  }
  CHECK(HttpClient(url, "127.0.0.9").get("/hello").status == 200);
}

TEST_CASE("a request that trickles is ended at its deadline", "[http_server]") {
  auto settings = on_loopback();
  settings.request_deadline = std::chrono::milliseconds(500);
  Fixture fixture(std::move(settings));
  const auto url = fixture.start();
  HttpClient slow(url);
  const auto trickle = [&] {
    slow.send("GET /hello HTTP/1.1\r\nHost: a\r\nX: ");
    for (int i = 0; i < 600; ++i) {  // a minute, if nobody ends it
      slow.send("x");
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  };
  CHECK_THROWS_AS(trickle(), std::runtime_error);
  CHECK(HttpClient(url).get("/hello").status == 200);
}

TEST_CASE("with users every request needs the right password", "[http_server]") {
  // bcrypt of "right", cost 4
  const Users users{{"prometheus", "$2b$04$abcdefghijklmnopqrstuuFmEfrkTQnczNzw475xE2VhDrK1uwJiC"}};
  Fixture fixture;
  HttpClient client(
      fixture.start({.tls = nullptr, .auth = std::make_shared<BasicAuth>(users), .headers = {}}));
  const auto [method, path] = GENERATE(table<std::string, std::string>(
      {{"GET", "/hello"}, {"HEAD", "/hello"}, {"POST", "/hello"}, {"GET", "/nowhere"}}));
  CAPTURE(method, path);
  const auto status = [&, &method = method, &path = path](std::string_view header) {
    client.ask(method, path, header);
    return method == "HEAD" ? client.receive_head().status : client.receive().status;
  };
  const int allowed = method == "POST" ? 405 : path == "/nowhere" ? 404 : 200;
  CHECK(status("") == 401);
  CHECK(status("Authorization: Basic cHJvbWV0aGV1czp3cm9uZw==\r\n") == 401);  // wrong
  CHECK(status("Authorization: Basic bm9ib2R5OnJpZ2h0\r\n") == 401);          // nobody:right
  for (int i = 0; i < 2; ++i) {                                               // then remembered
    CHECK(status("Authorization: Basic cHJvbWV0aGV1czpyaWdodA==\r\n") == allowed);
  }
}

TEST_CASE("the guesses of one client do not lock out another", "[http_server]") {
  // bcrypt of "right"; cost 10, so that guesses pile up
  const Users users{{"prometheus", "$2b$10$uoOjl89ifWL3zkjfoBsiAuQNhE97gv0oBN0hjILKHtWXgLovGUvo2"}};
  Fixture fixture;
  const auto url =
      fixture.start({.tls = nullptr, .auth = std::make_shared<BasicAuth>(users), .headers = {}});
  std::list<HttpClient> guessing;
  for (int i = 0; i < 100; ++i) {
    // base64 of "a:" and four bytes
    guessing.emplace_back(url).ask("GET", "/hello",
                                   fmt::format("Authorization: Basic YTpx{:04}\r\n", i));
  }
  HttpClient other(url, "127.0.0.2");
  other.ask("GET", "/hello", "Authorization: Basic cHJvbWV0aGV1czpyaWdodA==\r\n");
  CHECK(other.receive().status == 200);
}

TEST_CASE("new headers apply to replies that were made before", "[http_server]") {
  Fixture fixture;
  const Reply kept(Response{.body = "kept\n"});
  fixture.server.router().get("/kept", Run::immediate, [&](const Request&) { return kept; });
  HttpClient client(fixture.start({.tls = nullptr, .auth = nullptr, .headers = {{"X-A", "1"}}}));
  CHECK(client.get("/kept").headers.at("x-a") == "1");
  fixture.server.replace({.tls = nullptr, .auth = nullptr, .headers = {{"X-A", "2"}}});
  const auto reply = client.get("/kept");
  CHECK(reply.headers.at("x-a") == "2");
  CHECK(reply.body == "kept\n");
}

TEST_CASE("half-open connections do not keep anyone from being served", "[http_server]") {
  Fixture fixture;
  const auto url = fixture.start();
  std::list<HttpClient> stuck;
  for (int i = 0; i < 200; ++i) stuck.emplace_back(url).send("GET /hello HTTP/1.1\r\nHo");
  CHECK(HttpClient(url).get("/hello").status == 200);
  stuck.back().send("st: a\r\n\r\n");
  CHECK(stuck.back().receive().status == 200);
}

TEST_CASE("an idle connection is closed after its time", "[http_server]") {
  auto settings = on_loopback();
  settings.idle_timeout_seconds = 1;
  Fixture fixture(std::move(settings));
  HttpClient client(fixture.start());
  client.send("GET /hello HT");
  CHECK_NOTHROW(client.wait_until_closed());
}
