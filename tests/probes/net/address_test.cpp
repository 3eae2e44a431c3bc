#include "probes/net/address.h"

#include "tests/catch.h"

using cal::net::Address;
using cal::net::with_port;

TEST_CASE("an address keeps its text form", "[address]") {
  const auto* text =
      GENERATE("0.0.0.0", "192.0.2.1", "255.255.255.255", "::", "::1", "2001:db8::1");
  const auto address = Address::parse(text);
  REQUIRE(address);
  CHECK(address->text() == text);
}

TEST_CASE("a text that is not an address is refused", "[address]") {
  const auto* text = GENERATE("", "dc1", "192.0.2", "192.0.2.256", "192.0.2.1 ", "[::1]", "::1%lo");
  CHECK_FALSE(Address::parse(text));
}

TEST_CASE("an IPv4 address in IPv6 form is reached over IPv4", "[address]") {
  const auto& [text, reached] = GENERATE(table<std::string, std::string>({
      {"::ffff:192.0.2.1", "192.0.2.1"},
      {"::ffff:c000:201", "192.0.2.1"},
      {"::192.0.2.1", "::192.0.2.1"},
      {"2001:db8::ffff:1:2", "2001:db8::ffff:1:2"},
      {"192.0.2.1", "192.0.2.1"},
  }));
  CHECK(Address::parse(text)->unmapped().text() == reached);
}

TEST_CASE("brackets separate an IPv6 address from its port", "[address]") {
  CHECK(with_port(*Address::parse("192.0.2.1"), 389) == "192.0.2.1:389");
  CHECK(with_port(*Address::parse("::1"), 636) == "[::1]:636");
}
