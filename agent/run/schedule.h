// When each probe runs next: a pure timetable, driven by the times it is given. Not thread-safe.
#pragma once

#include "agent/base/clock.h"
#include "agent/run/instance.h"

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <unordered_map>
#include <vector>

namespace cal {

class Schedule {
 public:
  static constexpr int max_first_runs = 100;             // a second
  static constexpr std::size_t first_runs_at_once = 32;  // more only to keep `slowest_start`
  static constexpr Milliseconds slowest_start = std::chrono::minutes{1};

  // First runs are spread at random over min(interval, `spread`), or over a longer time if that
  // would be more than `max_first_runs` a second, so that a restart or a reload causes no burst.
  // While `first_runs_at_once` are under way, further ones wait, so that slow servers cause no
  // burst of threads and handshakes; they start within min(interval, `slowest_start`) all the same.
  // `seed` makes the phases repeatable in tests. Without a spread all run at once.
  Schedule(Milliseconds spread, unsigned seed);

  // The instances from now on; those that were there before keep their phase.
  void replace(const Instances& instances, SteadyTime now);

  struct Due {
    std::shared_ptr<const Instance> instance;
    SteadyTime since;
  };

  // Takes the instances that are due, at most `limit`. Each counts as running until `finished`.
  std::vector<Due> take_due(SteadyTime now, std::size_t limit);

  // The next run is one interval after the last one was due, or now if that has passed: missed runs
  // are not repeated. If the first runs were spread over less than an interval, the second run
  // comes early, at random, so that runs are spread over the whole interval from then on.
  void finished(const Instance* instance, SteadyTime now);

  // When take_due will next return something; empty when nothing is waiting.
  std::optional<SteadyTime> next() const;

 private:
  struct Entry {
    std::shared_ptr<const Instance> instance;
    SteadyTime due;
    Milliseconds until_next;  // from when this run is due to when the next one is
    std::optional<SteadyTime> latest = std::nullopt;  // of a first run; others are not held back
    bool running = false;
  };
  using Queue = std::multimap<SteadyTime, const Instance*>;

  Entry first_entry(std::shared_ptr<const Instance> instance, Milliseconds spread, SteadyTime now);
  void wait(const Entry& entry);
  Due take(Queue& queue, SteadyTime now);
  SteadyTime next_first() const;  // when the first of waiting_first_ may start

  // At random from 0 to `most`.
  Milliseconds draw(Milliseconds most);

  Milliseconds spread_;
  std::mt19937 random_;
  std::unordered_map<const Instance*, Entry> entries_;
  Queue waiting_;               // by when they are due
  Queue waiting_first_;         // by when they are due at the latest
  std::size_t first_runs_ = 0;  // under way
};

}  // namespace cal
