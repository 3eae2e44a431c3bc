// When each probe runs next: a pure timetable, driven by the times it is given. Not thread-safe.
#pragma once

#include "agent/clock.h"
#include "agent/config.h"

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <unordered_map>
#include <vector>

namespace cal {

class Schedule {
 public:
  // First runs are spread at random over min(interval, `spread`): a restart or a reload makes no
  // burst. `seed` makes the phases repeatable in tests.
  Schedule(Milliseconds spread, unsigned seed);

  // The instances from now on; those that were there keep their phase.
  void replace(const Instances& instances, Steady now);

  // Takes out the instances that are due, at most `limit`. Each counts as running until `finished`.
  Instances take_due(Steady now, std::size_t limit);

  // The next run is one interval after the last one was due, or now when that has passed: runs
  // that were missed are not made up for.
  void finished(const Instance* instance, Steady now);

  // When take_due will give something; empty when nothing waits.
  std::optional<Steady> next() const;

 private:
  struct Entry {
    std::shared_ptr<const Instance> instance;
    Steady due;
    bool running = false;
  };
  using Queue = std::multimap<Steady, const Instance*>;

  Milliseconds spread_;
  std::mt19937 random_;
  std::unordered_map<const Instance*, Entry> entries_;
  Queue waiting_;
};

}  // namespace cal
