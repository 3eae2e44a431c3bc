#include "agent/http/listen.h"
#include "tests/catch.h"

#include <stdexcept>
#include <string>

using cal::listen_on;
using Catch::Contains;

TEST_CASE("port 0 takes a free port and reports it", "[http_listen]") {
  const auto listeners = listen_on("127.0.0.1:0");
  REQUIRE(listeners.size() == 1);
  CHECK_THAT(listeners[0].address(), Catch::StartsWith("127.0.0.1:"));
  CHECK(listeners[0].address() != "127.0.0.1:0");
}

TEST_CASE("an address in use is named, with what to do", "[http_listen]") {
  const auto listeners = listen_on("127.0.0.1:0");
  const auto taken = listeners.at(0).address();
  CHECK_THROWS_WITH(listen_on(taken),
                    "listen on " + taken +
                        ": address already in use, perhaps by another cal_exporter; choose another "
                        "with --web.listen-address");
}

TEST_CASE("an address of another host is refused", "[http_listen]") {
  // RFC 5737: no host has it.
  CHECK_THROWS_WITH(listen_on("192.0.2.1:0"), Contains("this host has no such address"));
}

TEST_CASE("localhost is listened on with one port for both families", "[http_listen]") {
  const auto listeners = listen_on("localhost:0");
  REQUIRE_FALSE(listeners.empty());
  const auto port_of = [](const std::string& address) {
    return address.substr(address.rfind(':'));
  };
  for (const auto& each : listeners) {
    CHECK(port_of(each.address()) == port_of(listeners[0].address()));
  }
}

TEST_CASE("an invalid address is refused with the reason", "[http_listen]") {
  const auto [address, reason] = GENERATE(table<std::string, std::string>({
      {"", "the port is missing"},
      {"localhost", "the port is missing"},
      {"localhost:", "must be a number"},
      {"localhost:http", "must be a number"},
      {"localhost:65536", "must be a number"},
      {"localhost:-1", "must be a number"},
      {"localhost:80x", "must be a number"},
      {"::1:80", "brackets"},
  }));
  CHECK_THROWS_WITH(listen_on(address), Contains("listen on " + address) && Contains(reason));
}
