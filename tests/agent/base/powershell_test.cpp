#include "agent/base/powershell.h"

#include "tests/catch.h"

using namespace cal;

TEST_CASE("every mark that ends a literal is doubled", "[powershell]") {
  CHECK(powershell_literal("EBS\\licadmin") == "'EBS\\licadmin'");
  CHECK(powershell_literal("") == "''");
  CHECK(powershell_literal("O'Brien") == "'O''Brien'");
  CHECK(powershell_literal("a\u2018b\u2019c\u201Ad\u201Be") ==
        "'a\u2018\u2018b\u2019\u2019c\u201A\u201Ad\u201B\u201Be'");
  CHECK(powershell_literal("$(x) `n \"y\" %z%") == "'$(x) `n \"y\" %z%'");
}

TEST_CASE("a text that steers a terminal or is no text is refused", "[powershell]") {
  for (const std::string_view text : {"a\nb", "a\rb", "a\tb", "a\x1b[1m", "a\u202Eb", "a\u2066b",
                                      "a\u200Fb", "a\u2028b", "a\xff", "\u0085"}) {
    CHECK_FALSE(powershell_literal(text));
    CHECK(powershell_comment(text) == "# (a name that cannot be shown)");
  }
  CHECK_FALSE(powershell_literal(std::string_view("a\0b", 3)));
  CHECK(powershell_comment("EBS\\licadmin") == "# EBS\\licadmin");
}
