#include "agent/http/rate_limit.h"

#include "tests/catch.h"

using namespace cal;
using namespace std::chrono_literals;

namespace {

// How many of `count` requests at one time are allowed.
int allowed(RateLimit& limit, SteadyTime now, int count = 10) {
  int sum = 0;
  for (int i = 0; i < count; ++i) sum += limit.allow(now) ? 1 : 0;
  return sum;
}

}  // namespace

TEST_CASE("a burst is allowed, then one request in each interval", "[rate_limit]") {
  const SteadyTime start{1h};
  RateLimit limit({1s, 3});
  CHECK(allowed(limit, start) == 3);
  CHECK(allowed(limit, start + 999ms) == 0);
  CHECK(allowed(limit, start + 1001ms) == 1);
  CHECK(allowed(limit, start + 3001ms) == 2);
  CHECK(allowed(limit, start + 1h) == 3);  // no more than the burst is saved
}

TEST_CASE("without a burst nothing is allowed", "[rate_limit]") {
  RateLimit limit({1s, 0});
  CHECK(allowed(limit, SteadyTime{1h}) == 0);
  CHECK(allowed(limit, SteadyTime{2h}) == 0);
}

TEST_CASE("a time before the last one adds nothing", "[rate_limit]") {
  RateLimit limit({1s, 1});
  CHECK(allowed(limit, SteadyTime{1h}) == 1);
  CHECK(allowed(limit, SteadyTime{1min}) == 0);
  CHECK(allowed(limit, SteadyTime{1h + 1s}) == 1);
}
