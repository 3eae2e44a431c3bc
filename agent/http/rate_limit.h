// A limit on requests by a token bucket: one more request in each interval, and a burst after a
// quiet time. Thread-safe.
#pragma once

#include "agent/base/clock.h"

#include <mutex>

namespace cal {

class RateLimit {
 public:
  struct Settings {
    std::chrono::nanoseconds interval;  // more than zero
    unsigned burst;                     // zero: nothing is allowed
    bool operator==(const Settings&) const = default;
  };

  explicit RateLimit(Settings settings) : settings_(settings), tokens_(settings.burst) {}

  const Settings& settings() const { return settings_; }

  // Whether a request at this time is within the limit; if so, it is counted.
  bool allow(SteadyTime now);

 private:
  const Settings settings_;
  std::mutex mutex_;
  double tokens_;    // under mutex_
  SteadyTime seen_;  // under mutex_; the last time that tokens were added
};

}  // namespace cal
