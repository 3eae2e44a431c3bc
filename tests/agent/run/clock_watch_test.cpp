#include "agent/run/clock_watch.h"

#include "tests/catch.h"

using namespace cal;
using namespace std::chrono_literals;

namespace {

const Moment start{SteadyTime(100h), SystemTime(500'000h)};

Moment later(std::chrono::nanoseconds steady, std::chrono::nanoseconds system) {
  return {start.steady + steady, start.system + system};
}

}  // namespace

TEST_CASE("the passing of time and small corrections are not a jump", "[clock]") {
  ClockWatch watch(start);
  CHECK_FALSE(watch.jump(later(5s, 5s)));
  CHECK_FALSE(watch.jump(later(10s, 19s)));
  CHECK_FALSE(watch.jump(later(24h, 24h)));
}

TEST_CASE("a clock that was set, or a host that was suspended, is reported once", "[clock]") {
  ClockWatch watch(start);
  CHECK(watch.jump(later(5s, 24h + 5s)) == 24h);
  CHECK_FALSE(watch.jump(later(10s, 24h + 10s)));
  CHECK(watch.jump(later(15s, 15s)) == -24h);
  CHECK_FALSE(watch.jump(later(20s, 20s)));
}
