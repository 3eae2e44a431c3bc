#include "agent/run/run_threads.h"

#include <algorithm>
#include <utility>

namespace cal {

RunThreads::~RunThreads() {
  std::unique_lock lock(mutex_);
  ending_ = true;
  for (const auto& worker : resting_) worker->wake.notify_one();
  none_left_.wait(lock, [this] { return workers_.empty(); });
}

void RunThreads::start(const std::string& name, Job job) {
  // First what may fail for lack of memory, so that nothing below fails halfway.
  Job named_job = [name, job = std::move(job)] {
    Thread::rename_current(name);
    job();
  };
  Workers to_join;
  const std::lock_guard lock(mutex_);
  to_join.splice(to_join.end(), ended_);
  if (!resting_.empty()) {
    const auto worker = resting_.back();
    resting_.pop_back();
    worker->job = std::move(named_job);
    worker->wake.notify_one();
    return;
  }
  resting_.reserve(workers_.size() + 1);  // a lack of memory shows here, where it is reported
  const auto worker = workers_.emplace(workers_.end());
  worker->job = std::move(named_job);
  try {
    worker->thread.emplace(name, [this, worker] { work(worker); });
  } catch (...) {
    workers_.erase(worker);
    throw;
  }
}

std::size_t RunThreads::count() const {
  const std::lock_guard lock(mutex_);
  return workers_.size();
}

std::size_t RunThreads::resting() const {
  const std::lock_guard lock(mutex_);
  return resting_.size();
}

void RunThreads::work(Workers::iterator self) {
  std::unique_lock lock(mutex_);
  while (self->job) {
    auto job = std::exchange(self->job, nullptr);
    lock.unlock();
    job();
    job = nullptr;  // whatever it holds is destroyed without the lock
    lock.lock();
    if (resting_.size() >= settings_.max_resting) break;
    resting_.push_back(self);
    self->wake.wait_for(lock, settings_.longest_rest, [&] { return self->job || ending_; });
  }
  std::erase(resting_, self);
  ended_.splice(ended_.end(), workers_, self);
  none_left_.notify_all();
}

}  // namespace cal
