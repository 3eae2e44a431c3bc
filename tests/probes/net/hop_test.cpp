#include "probes/net/hop.h"

#include "tests/catch.h"

#include <cerrno>

using namespace cal::net;

namespace {

Address ip(const char* text) { return *Address::parse(text); }

const Interface loopback{1, "lo", true, LinkState::up, {ip("127.0.0.1"), ip("::1")}};

Interface eth0(LinkState state, std::vector<Address> addresses) {
  return {2, "eth0", false, state, std::move(addresses)};
}

const Interface healthy = eth0(LinkState::up, {ip("192.0.2.10"), ip("fe80::1")});

RouteAnswer through_eth0(const char* source) {
  return {.interface_index = 2, .source = ip(source), .gateway = ip("192.0.2.1")};
}

}  // namespace

TEST_CASE("a hop is open, or broken at one of three stages", "[hop]") {
  struct Row {
    const char* to;
    Interface interface;
    RouteAnswer answer;
    HopState state;
    const char* words;
  };
  const RouteAnswer unreachable{.error = ENETUNREACH};
  const auto row = GENERATE_COPY(values<Row>({
      {"198.51.100.1", healthy, through_eth0("192.0.2.10"), HopState::open,
       "from 192.0.2.10 through eth0, gateway 192.0.2.1"},
      {"198.51.100.1", eth0(LinkState::no_carrier, {ip("192.0.2.10")}), through_eth0("192.0.2.10"),
       HopState::no_interface_up, "through eth0, which has no carrier"},
      {"198.51.100.1", eth0(LinkState::switched_off, {ip("192.0.2.10")}), unreachable,
       HopState::no_interface_up, "no interface is up: eth0 is switched off"},
      {"198.51.100.1", eth0(LinkState::up, {}), unreachable, HopState::no_address,
       "an IPv4 address"},
      {"198.51.100.1", eth0(LinkState::up, {ip("169.254.3.4"), ip("2001:db8::1")}), unreachable,
       HopState::no_address, "an IPv4 address"},
      {"2001:db8::99", healthy, unreachable, HopState::no_address, "an IPv6 address"},
      {"198.51.100.1", healthy, unreachable, HopState::no_route, "no route to 198.51.100.1: "},
      {"198.51.100.1", healthy, {.error = EACCES}, HopState::no_route, "Permission denied"},
      // The kernel prefers any source address to none.
      {"198.51.100.1", healthy, {.interface_index = 2}, HopState::no_address, "through eth0"},
      {"2001:db8::99", healthy, through_eth0("::1"), HopState::no_address,
       "no IPv6 source address"},
      {"2001:db8::99", healthy, through_eth0("fe80::1"), HopState::no_address,
       "no IPv6 source address"},
      {"fe80::99", healthy, through_eth0("fe80::1"), HopState::open, "from fe80::1"},
      {"127.0.0.53",
       healthy,
       {.interface_index = 1, .source = ip("127.0.0.1")},
       HopState::open,
       "through lo"},
  }));
  INFO(row.to << " " << row.words);
  const auto hop = describe_hop(ip(row.to), {loopback, row.interface}, row.answer);
  CHECK(hop.state == row.state);
  CHECK_THAT(hop.text, Catch::Contains(row.words));
  CHECK(hop.to == ip(row.to));
}

TEST_CASE("a hop that stays on this host is distinguished from one that leaves it", "[hop]") {
  const RouteAnswer on_loopback{.interface_index = 1, .source = ip("127.0.0.1")};
  CHECK(describe_hop(ip("127.0.0.53"), {loopback, healthy}, on_loopback).loopback);
  CHECK_FALSE(
      describe_hop(ip("198.51.100.1"), {loopback, healthy}, through_eth0("192.0.2.10")).loopback);
}

TEST_CASE("a host without a network is cut off, whatever the state of its loopback", "[hop]") {
  const auto name_server = ip("127.0.0.53");
  CHECK_FALSE(why_cut_off(name_server, {loopback, healthy}));
  CHECK_FALSE(why_cut_off(name_server, {loopback, eth0(LinkState::up, {ip("2001:db8::1")})}));
  const auto no_carrier = why_cut_off(name_server, {loopback, eth0(LinkState::no_carrier, {})});
  REQUIRE(no_carrier);
  CHECK(no_carrier->state == HopState::no_interface_up);
  CHECK(no_carrier->text == "no interface is up: eth0 has no carrier");
  CHECK(why_cut_off(name_server, {loopback})->text == "no interface is up: only loopback exists");
  CHECK(why_cut_off(name_server, {loopback, eth0(LinkState::up, {ip("169.254.1.1")})})->state ==
        HopState::no_address);
}
