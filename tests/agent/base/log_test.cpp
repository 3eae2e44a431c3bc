#include "agent/base/log.h"

#include "tests/catch.h"

using namespace cal;

TEST_CASE("logfmt quotes what needs it and breaks no line", "[log]") {
  CHECK(logfmt_line("probe changed", {{"probe", "x"}, {"summary", "a \"b\"\nc"}, {"empty", ""}}) ==
        R"(msg="probe changed" probe=x summary="a \"b\"\nc" empty="")");
}

TEST_CASE("JSON members are escaped and valid UTF-8", "[log]") {
  CHECK(json_members("m", {{"k", "a\"\xFF"}}) == "\"msg\":\"m\",\"k\":\"a\\\"\xEF\xBF\xBD\"");
}
