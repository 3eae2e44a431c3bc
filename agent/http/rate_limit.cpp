#include "agent/http/rate_limit.h"

#include <algorithm>
#include <chrono>

namespace cal {

bool RateLimit::allow(SteadyTime now) {
  const std::lock_guard lock(mutex_);
  if (now > seen_) {
    const std::chrono::duration<double> passed = now - seen_;
    tokens_ += passed / std::chrono::duration<double>(settings_.interval);
    tokens_ = std::min<double>(tokens_, settings_.burst);
    seen_ = now;
  }
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

}  // namespace cal
