#include "agent/http/worker_pool.h"

#include <pthread.h>

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
    const auto known = waiting_of_.find(client);
    if (known == waiting_of_.end()) {
      waiting_of_[client].push_back(std::move(job));
      turns_.push_back(client);
    } else if (known->second.size() < waiting_limit_ - waiting_limit_ / 4) {
      known->second.push_back(std::move(job));
    } else {
      return false;
    }
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
    const Job job = take_next();
    lock.unlock();
    job();
    lock.lock();
  }
}

// Under mutex_, when some job waits.
WorkerPool::Job WorkerPool::take_next() {
  auto client = std::move(turns_.front());
  turns_.pop_front();
  const auto found = waiting_of_.find(client);
  auto& jobs = found->second;
  Job job = std::move(jobs.front());
  jobs.pop_front();
  --waiting_;
  if (jobs.empty()) {
    waiting_of_.erase(found);
  } else {
    turns_.push_back(std::move(client));
  }
  return job;
}

}  // namespace cal
