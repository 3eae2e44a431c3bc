// A few named threads that run jobs from a bounded queue.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace cal {

class WorkerPool {
 public:
  using Job = std::function<void()>;  // does not throw

  // `name` is the threads' (at most 15 characters).
  WorkerPool(const std::string& name, unsigned threads, std::size_t waiting_limit);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool();  // stops

  // False when `waiting_limit` jobs wait already, or after stop().
  bool submit(Job job);

  // Runs what waits, then joins. May be called again.
  void stop();

 private:
  void work();

  const std::size_t waiting_limit_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> waiting_;  // under mutex_
  bool ending_ = false;      // under mutex_
  std::vector<std::thread> threads_;
};

}  // namespace cal
