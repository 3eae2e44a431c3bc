// A few named threads that run jobs from a bounded queue, in which the clients take turns.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
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

  // The jobs of one client run in their order; those of several by turns, so that whoever has many
  // waits longest. False when `waiting_limit` jobs wait already, three quarters of that for this
  // client, or after stop().
  bool submit(Job job, const std::string& client = "");

  // Runs what waits, then joins. May be called again.
  void stop();

 private:
  void work();
  Job take_next();

  const std::size_t waiting_limit_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Under mutex_: the jobs of each client that has some, those clients in their order, and how many
  // jobs that is.
  std::map<std::string, std::deque<Job>> waiting_of_;
  std::deque<std::string> turns_;
  std::size_t waiting_ = 0;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace cal
