#include "probes/net/descriptors.h"
#include "probes/net/transfers.h"
#include "tests/catch.h"
#include "tests/fakes/ipv6.h"
#include "tests/fakes/no_descriptors.h"
#include "tests/fakes/patient_web_server.h"
#include "tests/fakes/resetting_server.h"
#include "tests/fakes/scripted_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

using namespace cal::net;
using namespace std::chrono_literals;
using cal::Deadline;
using cal::fakes::PatientWebServer;
using cal::fakes::ScriptedServer;

namespace {

const Address here = *Address::parse("127.0.0.1");

std::vector<Endpoint> endpoints(std::size_t count, std::uint16_t port) {
  std::vector<Endpoint> list;
  for (std::size_t i = 0; i < count; ++i) {
    const auto path = fmt::format("/{}/", i);
    list.push_back(
        {.url = *parse_url(fmt::format("http://127.0.0.1:{}{}", port, path)), .expect_body = path});
  }
  return list;
}

std::vector<Transfer> transfer_each(const std::vector<Endpoint>& list, Deadline deadline) {
  std::vector<Request> requests;
  for (const auto& endpoint : list) requests.push_back({&endpoint, {here}});
  return transfer_all(requests, *TrustStore::load(""), deadline);
}

}  // namespace

TEST_CASE("a lack of descriptors is reported and is not a network fault", "[transfers]") {
  CHECK_NOTHROW(require_free_descriptor());
  const cal::fakes::NoDescriptors none;
  CHECK_THROWS_WITH(require_free_descriptor(), Catch::Contains("Too many open files"));
  CHECK_THROWS(transfer_each(endpoints(1, 9), Deadline::in(5s)));
}

TEST_CASE("a thousand endpoints are requested, at most 256 at a time", "[transfers]") {
  constexpr std::size_t count = 1000;
  const PatientWebServer server(max_at_once, count);
  const auto list = endpoints(count, server.port());
  const auto transfers = transfer_each(list, Deadline::in(120s));
  REQUIRE(transfers.size() == count);
  for (std::size_t i = 0; i < count; ++i) {
    INFO(list[i].url.text << " " << transfers[i].message);
    REQUIRE(transfers[i].fault == TransferFault::none);
    REQUIRE(transfers[i].status == 200);
    REQUIRE(transfers[i].body == list[i].expect_body);
  }
  CHECK(server.max_at_once() == max_at_once);
}

TEST_CASE("transfers without an answer end by the deadline, even those that had to wait",
          "[transfers]") {
  constexpr std::size_t count = max_at_once + 50;
  const PatientWebServer server(count + 1, count + 1);  // waits for more than there are
  const auto list = endpoints(count, server.port());
  const auto begun = std::chrono::steady_clock::now();
  const auto transfers = transfer_each(list, Deadline::in(1s));
  CHECK(std::chrono::steady_clock::now() - begun < 20s);
  CHECK(std::ranges::all_of(transfers, [](const Transfer& transfer) {
    return transfer.fault == TransferFault::timeout && transfer.status == 0;
  }));
}

TEST_CASE("one address that answers is enough", "[transfers]") {
  const PatientWebServer server(1, 1);
  const auto list = endpoints(1, server.port());
  auto name = list[0];
  name.url = *parse_url(fmt::format("http://x.example.com:{}/0/", server.port()));
  const auto gone = *Address::parse("127.0.0.2");  // nothing listens there
  const auto transfers =
      transfer_all({{&name, {gone, here}}}, *TrustStore::load(""), Deadline::in(60s));
  CHECK(transfers[0].status == 200);
  CHECK(transfers[0].peer == fmt::format("127.0.0.1:{}", server.port()));
}

TEST_CASE("a refused connection has no peer and no duration", "[transfers]") {
  const auto port = PatientWebServer(1, 1).port();  // closed again
  const auto list = endpoints(1, port);
  const auto transfers = transfer_each(list, Deadline::in(60s));
  CHECK(transfers[0].fault == TransferFault::refused);
  CHECK_FALSE(transfers[0].connected());
  CHECK_FALSE(transfers[0].connecting);
  CHECK(transfers[0].tried == std::vector{here});
}

TEST_CASE("a connection that is reset later had a peer", "[transfers]") {
  const cal::fakes::ResettingServer server;
  struct Row {
    const char* scheme;
    bool by_proxy;
  };
  const auto row = GENERATE(Row{"http", false}, Row{"https", false}, Row{"http", true},
                            Row{"https", true}, Row{"tcp", true});
  INFO(row.scheme << (row.by_proxy ? " by a proxy" : ""));
  Endpoint endpoint{.url = *parse_url(fmt::format("{}://127.0.0.1:{}", row.scheme, server.port()))};
  if (row.by_proxy) endpoint.proxy = Proxy{"127.0.0.1", server.port()};
  const auto transfers =
      transfer_all({{&endpoint, {here}}}, *TrustStore::load(""), Deadline::in(60s));
  CHECK(transfers[0].fault == TransferFault::other);
  CHECK(transfers[0].peer == fmt::format("127.0.0.1:{}", server.port()));
}

namespace {

// One request to a server on this host, by its address or through it as a proxy.
Transfer ask(const std::string& url, Family family, std::optional<Proxy> proxy = std::nullopt,
             Deadline deadline = Deadline::in(60s)) {
  const auto address = *Address::parse(family == Family::v4 ? "127.0.0.1" : "::1");
  const Endpoint endpoint{.url = *parse_url(url), .proxy = std::move(proxy)};
  return transfer_all({{&endpoint, {address}}}, *TrustStore::load(""), deadline).at(0);
}

const std::string whole_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

}  // namespace

TEST_CASE("an IPv6 address is an endpoint or a proxy like a name", "[transfers]") {
  if (!cal::fakes::has_ipv6()) return;
  const ScriptedServer server(whole_answer, ScriptedServer::Then::close, "", Family::v6);
  const auto peer = fmt::format("[::1]:{}", server.port());
  const auto direct = ask(fmt::format("http://{}/", peer), Family::v6);
  CHECK(direct.message.empty());
  CHECK(direct.status == 200);
  CHECK(direct.peer == peer);
  const auto tcp = ask(fmt::format("tcp://{}", peer), Family::v6);
  CHECK(tcp.fault == TransferFault::none);
  CHECK(tcp.peer == peer);
  const auto proxied = ask("http://x.example.com/", Family::v6, Proxy{"::1", server.port()});
  CHECK(proxied.status == 200);
  CHECK(proxied.peer == peer);
}

TEST_CASE("a name with a final dot is asked like the name without it", "[transfers]") {
  const ScriptedServer server(whole_answer, ScriptedServer::Then::close);
  const auto url = fmt::format("http://x.example.com.:{}/", server.port());
  const auto transfer = ask(url, Family::v4);
  CHECK(transfer.message.empty());
  CHECK(transfer.status == 200);
}

TEST_CASE("only a final answer whose head has ended is an answer", "[transfers]") {
  using Then = ScriptedServer::Then;
  const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
  const std::string begun = "HTTP/1.1 200 OK\r\nServer: x\r\n";
  struct Row {
    const char* what;
    std::string bytes;
    Then then;
    std::string repeated;
    std::string message;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"only interim, then silence", interim, Then::hold, "", "only an interim answer (HTTP 100)"},
      {"only interim, then closed", interim, Then::close, "", "only an interim answer (HTTP 100)"},
      {"interim without end", interim, Then::repeat, interim, "interim answer"},
      {"a head that stops", begun, Then::hold, "", "(HTTP 200) did not end"},
      {"a head that is closed", begun, Then::close, "", "(HTTP 200) did not end"},
      {"a status line that stops", "HTTP/1.1 200 OK\r\n", Then::hold, "", "(HTTP 200) did not end"},
      {"half a status line", "HTTP/1.1 20", Then::close, "", ""},
      {"headers without end", begun, Then::repeat, "X-Header: value\r\n", ""},
      {"one header of 150 kB", begun + "X: " + std::string(150'000, 'x') + "\r\n\r\nok",
       Then::close, "", "longer than 100 kB"},
      {"150 kB of headers",
       [&] {
         auto text = begun;
         for (int i = 0; i < 15; ++i) text += "X: " + std::string(10'000, 'x') + "\r\n";
         return text + "\r\nok";
       }(),
       Then::close, "", "longer than 100 kB"},
      {"a length that is not one", "HTTP/1.1 200 OK\r\nContent-Length: banana\r\n\r\n", Then::close,
       "", "Content-Length"},
      {"a NUL in a header", "HTTP/1.1 200 OK\r\nX: a" + std::string(1, '\0') + "b\r\n\r\n",
       Then::close, "", "Nul byte"},
      {"nothing", "", Then::close, "", ""},
      {"no HTTP", "SSH-2.0-x\r\n", Then::close, "", ""},
  }));
  INFO(row.what);
  const ScriptedServer server(row.bytes, row.then, row.repeated);
  const bool by_proxy = GENERATE(false, true);
  const auto transfer =
      ask(by_proxy ? "http://x.example.com/" : fmt::format("http://127.0.0.1:{}/", server.port()),
          Family::v4, by_proxy ? std::optional(Proxy{"127.0.0.1", server.port()}) : std::nullopt,
          Deadline::in(700ms));
  CHECK(transfer.status == 0);
  CHECK(transfer.fault != TransferFault::none);
  CHECK(transfer.connected());
  CHECK_THAT(transfer.message, Catch::Contains(row.message));
  CHECK_FALSE(transfer.message.empty());
}

TEST_CASE("an interim answer before the final one does not hide it", "[transfers]") {
  const ScriptedServer server("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + whole_answer,
                              ScriptedServer::Then::close);
  CHECK(ask(fmt::format("http://127.0.0.1:{}/", server.port()), Family::v4).status == 200);
}

TEST_CASE("the proxy's answer to CONNECT must end", "[transfers]") {
  const ScriptedServer server("HTTP/1.1 200 connected\r\nX: y\r\n", ScriptedServer::Then::hold);
  const auto* url = GENERATE("tcp://x.example.com:25", "https://x.example.com/");
  const auto transfer =
      ask(url, Family::v4, Proxy{"127.0.0.1", server.port()}, Deadline::in(500ms));
  CHECK(transfer.fault == TransferFault::timeout);
  CHECK_FALSE(transfer.connecting);
}
