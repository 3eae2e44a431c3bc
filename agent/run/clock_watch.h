// Notices that the system clock was set, or that the host slept: then it moved apart from the
// steady clock, by which every wait goes. Pure. Not thread-safe.
#pragma once

#include "agent/base/clock.h"

#include <optional>

namespace cal {

class ClockWatch {
 public:
  // What a time service corrects by the way is no jump.
  static constexpr std::chrono::seconds min_jump{10};

  explicit ClockWatch(Moment start) : last_(start) {}

  // By how much the system clock has jumped since the call before.
  std::optional<Milliseconds> jump(Moment now);

 private:
  Moment last_;
};

}  // namespace cal
