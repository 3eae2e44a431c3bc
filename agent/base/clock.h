// The two clocks: steady for waiting, system for what people read. Passed in as values, so that no
// test depends on the wall clock.
#pragma once

#include <chrono>

namespace cal {

using SteadyTime = std::chrono::steady_clock::time_point;
using SystemTime = std::chrono::system_clock::time_point;
using Milliseconds = std::chrono::milliseconds;

// One moment on both clocks, read together.
struct Moment {
  SteadyTime steady;
  SystemTime system;

  static Moment now() {
    return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
  }
};

// How far the clocks of two hosts may differ. A file that was written later than that from now says
// nothing about its age: one of the two clocks is wrong.
inline constexpr std::chrono::hours max_clock_difference{1};

// A point on the steady clock by which a wait has to end.
class Deadline {
 public:
  explicit Deadline(SteadyTime at) : at_(at) {}
  static Deadline in(Milliseconds span) {
    return Deadline(std::chrono::steady_clock::now() + span);
  }

  SteadyTime at() const { return at_; }
  bool passed() const { return std::chrono::steady_clock::now() >= at_; }

  // The time left, never negative.
  Milliseconds left() const {
    const auto left =
        std::chrono::duration_cast<Milliseconds>(at_ - std::chrono::steady_clock::now());
    return left.count() > 0 ? left : Milliseconds{0};
  }

  // A deadline for one of `parts` tries that share what is left.
  Deadline share(int parts) const { return in(left() / (parts > 0 ? parts : 1)); }

 private:
  SteadyTime at_;
};

}  // namespace cal
