// Runs the probes: one thread keeps the timetable, and runs share as many threads as there are runs
// at once; a thread for each of thousands of probes would cost 47 kB each. Results go to the board.
// Thread-safe.
#pragma once

#include "agent/base/thread.h"
#include "agent/run/board.h"
#include "agent/run/run_threads.h"
#include "agent/run/schedule.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

namespace cal {

class Scheduler {
 public:
  struct Settings {
    Milliseconds first_run_spread{15'000};
    std::size_t max_runs = 512;  // at once; other due runs wait
    bool once = false;           // each probe runs once
  };

  Scheduler(Board& board, Settings settings);
  ~Scheduler();  // stops, and waits for every run however long it takes
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // The instances from now on. Runs of removed instances end by themselves; their results are
  // dropped.
  void replace(const Instances& instances);

  // Starts no more runs and waits up to `grace` for those under way. False when some are stuck:
  // then the process has to leave by _exit, because a stuck call cannot be ended.
  bool stop(Milliseconds grace);

  // How many runs started more than `late` after their time: a sign that the machine is too busy.
  static constexpr Milliseconds late{100};
  std::uint64_t late_starts() const { return late_starts_; }

 private:
  void keep_timetable();
  void start_run(const Schedule::Due& due);
  void execute(const Schedule::Due& due);
  void run_and_store(const Schedule::Due& due);

  Board& board_;
  Settings settings_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Schedule schedule_;
  std::size_t runs_ = 0;  // under way
  bool stopping_ = false;
  std::atomic<std::uint64_t> late_starts_ = 0;
  RunThreads run_threads_;
  std::optional<Thread> timetable_thread_;
};

}  // namespace cal
