// Threads that take one job after another: about as many as there were jobs at once. The thread
// that became idle last works first; threads that are idle for long, and more idle ones than
// allowed, end. A thread per job would be simpler, but GnuTLS keeps some 200 bytes of every thread
// that ever made a handshake until the process ends. Thread-safe.
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
    std::size_t max_resting = 32;  // each keeps the part of its stack that it used, some 35 kB
    Milliseconds longest_rest = std::chrono::minutes{10};
  };

  RunThreads() : RunThreads(Settings{}) {}
  explicit RunThreads(Settings settings) : settings_(settings) {}
  ~RunThreads();  // joins every job however long it takes
  RunThreads(const RunThreads&) = delete;
  RunThreads& operator=(const RunThreads&) = delete;

  // Throws std::system_error when a new thread is needed and the system cannot start one. The
  // thread has this name until its next job.
  void start(const std::string& name, Job job);

  std::size_t count() const;  // idle ones included
  std::size_t resting() const;

 private:
  struct Worker {
    Job job;  // none: it is idle
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
  std::vector<Workers::iterator> resting_;  // the last one became idle last
};

}  // namespace cal
