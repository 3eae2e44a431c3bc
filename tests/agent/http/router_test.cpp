#include "agent/http/router.h"

#include "tests/catch.h"

#include <string>

using cal::Request;
using cal::Response;
using cal::Router;

namespace {

// The status of a reply, as a router with these routes gives it.
int asked(const Router& router, std::string_view method, std::string_view path) {
  const Request request{
      .method = method, .path = router.path_below_prefix(path), .accepts_gzip = false};
  return router.action_of(request).handler(request).status();
}

void add_routes(Router& router) {
  const auto ok = [](const Request&) { return Response{}; };
  router.get("/", Router::Run::immediate, ok);
  router.post("/reload", Router::Run::immediate, ok);
  router.get_below("/runbooks/", Router::Run::immediate, ok);
}

}  // namespace

TEST_CASE("a path and a method have one action", "[http]") {
  Router router({});
  add_routes(router);
  CHECK(asked(router, "GET", "/") == 200);
  CHECK(asked(router, "HEAD", "/runbooks/any") == 200);
  CHECK(asked(router, "POST", "/reload") == 200);
  CHECK(asked(router, "GET", "/reload") == 405);
  CHECK(asked(router, "GET", "/runbooks") == 404);
  CHECK(asked(router, "GET", "") == 404);
}

TEST_CASE("a prefix may be there or be removed by the proxy", "[http]") {
  Router router({.path = "/cal"});
  add_routes(router);
  for (const auto* path : {"/", "/cal", "/cal/", "/runbooks/x", "/cal/runbooks/x"}) {
    INFO(path);
    CHECK(asked(router, "GET", path) == 200);
  }
  CHECK(asked(router, "GET", "/calendar") == 404);
  CHECK(asked(router, "GET", "/cal/cal/") == 404);
}

TEST_CASE("with a required prefix nothing is outside of it", "[http]") {
  Router router({.path = "/cal", .required = true});
  add_routes(router);
  CHECK(asked(router, "GET", "/cal") == 200);
  CHECK(asked(router, "GET", "/cal/runbooks/x") == 200);
  CHECK(asked(router, "GET", "/") == 404);
  CHECK(asked(router, "POST", "/reload") == 404);
  CHECK(asked(router, "GET", "/calendar/") == 404);
}
