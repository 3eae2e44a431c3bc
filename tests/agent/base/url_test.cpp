#include "agent/base/url.h"

#include "tests/catch.h"

TEST_CASE("the URL of pages is taken apart", "[base]") {
  const auto url = cal::parse_page_url("https://cal.example.com:8443/a/b//");
  CHECK(url.scheme == "https");
  CHECK(url.authority == "cal.example.com:8443");
  CHECK(url.path == "/a/b");
  CHECK(cal::parse_page_url("http://[::1]").authority == "[::1]");
  CHECK(cal::parse_page_url("http://[::1]/").path.empty());
  CHECK(cal::parse_page_url("").authority.empty());
}
