#include "agent/config/yaml_tokens.h"

#include "tests/catch.h"

using cal::token_places;

TEST_CASE("the places at which tokens may begin are counted, and ordinary text is not", "[yaml]") {
  const auto [text, places] = GENERATE(table<std::string_view, std::size_t>({
      {"", 0},
      {"networks", 0},
      {"a: b", 1},
      {"a:\n- b\n- c:d\n", 3},
      {"[a, b]", 3},
      {"[[[[", 4},
      {"{a: 1, b: 2}", 5},
      {"{\"a\":1}", 4},  // bracket, quote, colon, bracket
      {"\"\"\"\"", 4},   // two empty texts
      {"? a\n: b\n", 2},
      {"&a !b *c", 3},
      {"x: |\n  y\n", 2},
      {"ldaps://dc1.example.com:636", 0},
      {"S-1-5-32-544", 0},
      {"it's 5 > 4", 1},
      {"-", 1},
      {":", 1},
  }));
  INFO(text);
  CHECK(token_places(text) == places);
}
