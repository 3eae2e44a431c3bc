#include "agent/base/host_port.h"

#include "tests/catch.h"

#include <string>

using namespace cal;

TEST_CASE("host and port are taken apart", "[host_port]") {
  struct Row {
    std::string_view text, host;
    bool bracketed;
    std::optional<std::uint16_t> port;
  };
  const auto row = GENERATE(values<Row>({
      {"dc1", "dc1", false, {}},
      {"dc1:636", "dc1", false, 636},
      {":0", "", false, 0},
      {"", "", false, {}},
      {"[::1]", "::1", true, {}},
      {"[2001:db8::1]:65535", "2001:db8::1", true, 65535},
      {"2001:db8::1:53", "2001:db8::1", false, 53},  // the caller asks for brackets
  }));
  INFO(row.text);
  const auto parts = parse_host_port(row.text);
  REQUIRE(parts);
  CHECK(parts->host == row.host);
  CHECK(parts->bracketed == row.bracketed);
  CHECK(parts->port == row.port);
}

TEST_CASE("a port is a number of 16 bits, and a bracket is closed", "[host_port]") {
  const auto* text = GENERATE("dc1:", "dc1:x", "dc1:80x", "dc1:-1", "dc1: 80", "dc1:65536",
                              "dc1:99999999999", "[::1", "[::1]80", "[::1]:", "[::1]x:80");
  INFO(text);
  CHECK_FALSE(parse_host_port(text));
}

TEST_CASE("the name of a host has bounds", "[host_port]") {
  for (const std::string& good : {std::string("dc1"), std::string("_x.ebs.example.com."),
                                  std::string("zürich"), std::string(253, 'a')}) {
    INFO(good);
    CHECK(is_host_name(good));
  }
  for (const std::string& bad :
       {std::string(), std::string("a b"), std::string("a/b"), std::string("u@h"),
        std::string("::1"), std::string("a\n"), std::string("a\0b", 3), std::string("a?b"),
        std::string(254, 'a'), std::string(100'000, 'a')}) {
    INFO(bad.substr(0, 20));
    CHECK_FALSE(is_host_name(bad));
  }
}
