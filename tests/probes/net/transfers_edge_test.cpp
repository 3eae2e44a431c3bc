#include "probes/net/descriptors.h"
#include "probes/net/transfers.h"
#include "tests/catch.h"
#include "tests/fakes/no_descriptors.h"
#include "tests/fakes/patient_web_server.h"
#include "tests/fakes/resetting_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

using namespace cal::net;
using namespace std::chrono_literals;
using cal::Deadline;
using cal::fakes::PatientWebServer;

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
