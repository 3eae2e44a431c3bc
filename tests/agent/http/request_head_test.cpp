#include "agent/http/request_head.h"

#include "tests/catch.h"

using cal::parse_target;

TEST_CASE("a target is a path, or a URL whose host counts", "[http]") {
  const auto [target, host, path] =
      GENERATE(table<std::string_view, std::string_view, std::string_view>({
          {"/", "header", "/"},
          {"*", "header", "*"},
          {"/metrics", "header", "/metrics"},
          {"//evil/metrics", "header", "//evil/metrics"},
          {"http://evil/metrics", "evil", "/metrics"},
          {"https://evil:1//x", "evil:1", "//x"},
          {"hTTp://evil", "evil", "/"},
          {"http://a@evil/", "a@evil", "/"},
      }));
  CAPTURE(target);
  const auto found = parse_target(target, "header");
  REQUIRE(found);
  CHECK(found->host == host);
  CHECK(found->path == path);
}

TEST_CASE("other targets are none of this server", "[http]") {
  const auto* const target =
      GENERATE("", "**", "metrics", "localhost:80", "http:/x", "http:///x", "ftp://x/", "http://");
  CAPTURE(target);
  CHECK_FALSE(parse_target(target, "header"));
}
