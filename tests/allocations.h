// Counts the allocations of the test program, as a measure of work that is the same in every run:
// a lookup that folds or copies a name for every item of a list shows in it, wall time does not.
#pragma once

#include <cstdint>
#include <functional>

namespace cal::test {

// By operator new, in all threads, since the program started.
std::uint64_t allocations();

// Whether `work(n)` allocates no more than a linear function of n does, but for growing vectors:
// from its allocations for n, 2n and 3n, of which the growth may not grow.
struct Growth {
  std::uint64_t first;   // for n
  std::uint64_t second;  // for 2n
  std::uint64_t third;   // for 3n

  bool is_linear() const {
    const auto before = static_cast<double>(second) - static_cast<double>(first);
    const auto after = static_cast<double>(third) - static_cast<double>(second);
    return after <= 1.1 * before + 100;
  }
};

// `prepare(n)` makes the work; only the work itself is counted.
Growth growth_of(const std::function<std::function<void()>(std::size_t)>& prepare, std::size_t n);

}  // namespace cal::test
