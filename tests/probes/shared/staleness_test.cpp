#include "probes/shared/staleness.h"

#include "tests/catch.h"

using namespace cal;
using namespace std::chrono_literals;

TEST_CASE("an export is stale past its max_age", "[files]") {
  const SystemTime now{1'000'000s};
  CHECK_FALSE(staleness("h.csv", now - 24h, now, 24h));
  CHECK(staleness("h.csv", now - 72h, now, 24h) ==
        "the data of h.csv is 3d old, more than max_age (1d)");
  CHECK_FALSE(staleness("h.csv", now + 1h, now, 24h));  // another clock is ahead
  CHECK(staleness("h.csv", now + 25h, now, 72h) ==
        "the data of h.csv is from 1d1h in the future: set the clock of this host, or of the one "
        "that wrote it");
}
