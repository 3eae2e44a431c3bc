// Threads that take one job after another: about as many as there were jobs at once, and the last
// one to rest is the first to work again. One that rested for long ends, and one that would be too
// many at rest. A thread per job would be simpler, but GnuTLS keeps some 200 bytes of every thread
// that ever shook hands, until the process ends. Thread-safe.
#pragma once

#include "agent/base/clock.h"
#include "agent/base/thread.h"

#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace cal {

class RunThreads {
 public:
  using Job = std::function<void()>;  // does not throw

  struct Settings {
    std::size_t max_resting = 32;  // each keeps what it used of its stack, some 35 kB
    Milliseconds longest_rest = std::chrono::minutes{10};
  };

  RunThreads() : RunThreads(Settings{}) {}
  explicit RunThreads(Settings settings) : settings_(settings) {}
  ~RunThreads();  // joins every job however long it takes
  RunThreads(const RunThreads&) = delete;
  RunThreads& operator=(const RunThreads&) = delete;

  // Throws std::system_error when there is need of one more thread and the system gives none.
  // `name` is the thread's until its next job.
  void start(const std::string& name, Job job);

  std::size_t count() const;  // those that rest included
  std::size_t resting() const;

 private:
  struct Worker {
    Job job;  // none: it rests
    std::condition_variable wake;
    std::optional<Thread> thread;
  };
  using Workers = std::list<Worker>;

  void work(Workers::iterator self);

  const Settings settings_;
  mutable std::mutex mutex_;
  std::condition_variable none_left_;
  bool ending_ = false;
  Workers workers_;
  Workers ended_;  // to be joined, by the next start() or by the destructor
  std::vector<Workers::iterator> resting_;  // the last one has rested least
};

}  // namespace cal
