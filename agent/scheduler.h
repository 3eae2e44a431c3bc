// Runs the probes: one thread keeps the timetable and starts a thread per run, since a resident
// thread per probe costs 47 kB each for thousands. Results go to the board. Thread-safe.
#pragma once

#include "agent/board.h"
#include "agent/schedule.h"
#include "agent/thread.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>

namespace cal {

class Scheduler {
 public:
  struct Settings {
    Milliseconds first_run_spread{15'000};
    std::size_t most_runs = 512;  // at once; what is due beyond that waits
    bool once = false;            // each probe runs one time
  };

  Scheduler(Board& board, Settings settings);
  ~Scheduler();  // stops, and joins every run however long it takes
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // The instances from now on. Runs of those that have gone end by themselves and are dropped.
  void replace(const Instances& instances);

  // Starts no more runs and waits up to `grace` for those under way. False when some are stuck:
  // then the process has to leave by _exit, since nothing ends a stuck call.
  bool stop(Milliseconds grace);

  // How many runs began more than `late` after their time, which tells of a machine that is too
  // busy.
  static constexpr Milliseconds late{100};
  std::uint64_t late_starts() const { return late_starts_; }

 private:
  struct Run {
    std::shared_ptr<const Instance> instance;
    Steady due;
    bool done = false;
    std::optional<Thread> thread;
  };

  void keep_timetable();
  void start_run(const Schedule::Due& due);
  void execute(Run& run);
  void join_finished(std::unique_lock<std::mutex>& lock);

  Board& board_;
  Settings settings_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Schedule schedule_;
  std::list<Run> runs_;
  bool stopping_ = false;
  std::atomic<std::uint64_t> late_starts_ = 0;
  std::optional<Thread> timetable_thread_;
};

}  // namespace cal
