// A few named threads that run jobs from a bounded queue in which the clients take turns.
// Thread-safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace cal {

class WorkerPool {
 public:
  using Job = std::function<void()>;  // one that throws is logged, and the thread takes the next

  // `name` is the threads' (at most 15 characters).
  WorkerPool(const std::string& name, unsigned threads, std::size_t waiting_limit);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool();  // stops

  // The jobs of one client run in order. Several clients take turns, so that the one with the most
  // jobs waits longest. False when `waiting_limit` jobs are waiting, or three quarters of that for
  // this client, or after stop(). If it throws, the job is not in the queue.
  bool submit(Job job, const std::string& client = "");

  // Runs the jobs that wait, then joins. May be called again.
  void stop();

 private:
  void work();
  Job take_next();

  const std::size_t waiting_limit_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Under mutex_: the waiting jobs by client, these clients in the order of their turns, and the
  // number of jobs.
  std::map<std::string, std::deque<Job>> waiting_of_;
  std::list<std::string> turns_;
  std::size_t waiting_ = 0;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace cal
