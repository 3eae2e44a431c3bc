// Notices that the system clock was set, or that the host was suspended: then the system clock and
// the steady clock, which all waiting uses, differ by more than before. Pure. Not thread-safe.
#pragma once

#include "agent/base/clock.h"

#include <optional>

namespace cal {

class ClockWatch {
 public:
  // The small corrections of a time service do not count as a jump.
  static constexpr std::chrono::seconds min_jump{10};

  explicit ClockWatch(Moment start) : last_(start) {}

  // By how much the system clock has jumped since the last call.
  std::optional<Milliseconds> jump(Moment now);

 private:
  Moment last_;
};

}  // namespace cal
