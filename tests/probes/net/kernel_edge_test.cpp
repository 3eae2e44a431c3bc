#include "probes/net/kernel.h"
#include "tests/catch.h"

#include <algorithm>

using namespace cal::net;

TEST_CASE("the kernel returns the route to loopback", "[kernel]") {
  auto kernel = Kernel::open();
  REQUIRE(kernel);
  const auto& interfaces = kernel->interfaces();
  const auto lo = std::ranges::find(interfaces, "lo", &Interface::name);
  REQUIRE(lo != interfaces.end());
  CHECK(lo->loopback);
  CHECK(lo->state == LinkState::up);
  const auto here = *Address::parse("127.0.0.1");
  CHECK(std::ranges::find(lo->addresses, here) != lo->addresses.end());

  const auto route = kernel->route_to(*Address::parse("127.0.0.53"));
  CHECK(route.error == 0);
  CHECK(route.interface_index == lo->index);
  CHECK(route.source);
  CHECK_FALSE(route.gateway);
}
