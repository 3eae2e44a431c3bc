// Threads that take one job after another: as many as there were jobs at once, the last one to rest
// is the first to work again, and one that rested for long ends. A thread per job would be simpler,
// but GnuTLS keeps 200 bytes of every thread that ever shook hands, until the process ends.
// Thread-safe.
#pragma once

#include "agent/clock.h"
#include "agent/thread.h"

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

  explicit RunThreads(Milliseconds longest_rest = std::chrono::minutes{10});
  ~RunThreads();  // joins every job however long it takes
  RunThreads(const RunThreads&) = delete;
  RunThreads& operator=(const RunThreads&) = delete;

  // Throws std::system_error when there is need of one more thread and the system gives none.
  // `name` is the thread's for as long as the job takes.
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

  const Milliseconds longest_rest_;
  mutable std::mutex mutex_;
  std::condition_variable none_left_;
  bool ending_ = false;
  Workers workers_;
  Workers ended_;  // to be joined, by the next start() or by the destructor
  std::vector<Workers::iterator> resting_;  // the last one has rested least
};

}  // namespace cal
