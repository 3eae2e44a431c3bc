#include "agent/http/message.h"

#include "tests/catch.h"

using cal::Reply;
using cal::Response;

TEST_CASE("gzip is used only where the client allows it", "[http]") {
  const auto [header, allowed] = GENERATE(table<std::string, bool>({
      {"", false},
      {"gzip", true},
      {"GZIP", true},
      {"deflate, gzip;q=1.0, *;q=0.5", true},
      {"br , gzip ; q=0.001", true},
      {"*", true},
      {"identity;q=1, *", true},
      {"gzip;q=0", false},
      {"gzip; q=0.000", false},
      {"gzip;Q=0", false},
      {"*;q=0", false},
      {"gzip;q=0, *", false},
      {"*, gzip;q=0", false},
      {"deflate", false},
      {"x-gzip", false},
      {"gzipped", false},
      {",,;;", false},
  }));
  CAPTURE(header);
  CHECK(cal::accepts_gzip(header) == allowed);
}

TEST_CASE("a header that would split the reply is refused", "[http]") {
  CHECK_THROWS_AS(Reply(Response{.headers = {{"X-Name", "a\r\nSet-Cookie: b"}}}).get({}),
                  std::invalid_argument);
}
