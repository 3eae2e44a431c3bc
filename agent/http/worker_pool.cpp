#include "agent/http/worker_pool.h"

#include "agent/base/log.h"

#include <pthread.h>

#include <exception>
#include <utility>

namespace cal {

WorkerPool::WorkerPool(const std::string& name, unsigned threads, std::size_t waiting_limit)
    : waiting_limit_(waiting_limit) {
  for (unsigned i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { work(); });
    pthread_setname_np(threads_.back().native_handle(), name.c_str());
  }
}

WorkerPool::~WorkerPool() { stop(); }

bool WorkerPool::submit(Job job, const std::string& client) {
  {
    const std::lock_guard lock(mutex_);
    if (ending_ || waiting_ >= waiting_limit_) return false;
    std::list<std::string> turn;
    const auto known = waiting_of_.find(client);
    if (known == waiting_of_.end()) {
      // First what may fail for lack of memory.
      turn.push_back(client);
      std::deque<Job> jobs;
      jobs.push_back(std::move(job));
      waiting_of_.emplace(client, std::move(jobs));
    } else if (known->second.size() < waiting_limit_ - waiting_limit_ / 4) {
      known->second.push_back(std::move(job));
    } else {
      return false;
    }
    turns_.splice(turns_.end(), turn);
    ++waiting_;
  }
  changed_.notify_one();
  return true;
}

void WorkerPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void WorkerPool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || waiting_ > 0; });
    if (waiting_ == 0) return;
    Job job = take_next();
    lock.unlock();
    try {
      job();
    } catch (const std::exception& error) {
      log(LogLevel::error, "a worker job failed", {{"error", error.what()}});
    } catch (...) {
      log(LogLevel::error, "a worker job failed", {{"error", "unknown exception"}});
    }
    job = nullptr;  // what it holds is destroyed without the lock
    lock.lock();
  }
}

// Under mutex_, when some job waits.
WorkerPool::Job WorkerPool::take_next() {
  const auto found = waiting_of_.find(turns_.front());
  auto& jobs = found->second;
  Job job = std::move(jobs.front());
  jobs.pop_front();
  --waiting_;
  if (jobs.empty()) {
    waiting_of_.erase(found);
    turns_.pop_front();
  } else {
    turns_.splice(turns_.end(), turns_, turns_.begin());
  }
  return job;
}

}  // namespace cal
