#include "agent/scheduler.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <random>

namespace cal {

namespace {

// The backstop of every run: a probe that throws says so, and nothing else suffers.
Outcome run_guarded(const Instance& instance) {
  try {
    return instance.probe->run(Deadline::in(instance.timeout));
  } catch (const std::exception& error) {
    return {&common_reason::internal_error, fmt::format("the probe failed: {}", error.what())};
  } catch (...) {
    return {&common_reason::internal_error, "the probe failed with an unknown exception"};
  }
}

}  // namespace

Scheduler::Scheduler(Board& board, Settings settings)
    : board_(board),
      settings_(settings),
      schedule_(settings.first_run_spread, std::random_device{}()) {
  timetable_thread_.emplace("scheduler", [this] { keep_timetable(); });
}

Scheduler::~Scheduler() {
  stop(Milliseconds{0});
  runs_.clear();  // joins
}

void Scheduler::replace(const Instances& instances) {
  const std::lock_guard lock(mutex_);
  schedule_.replace(instances, std::chrono::steady_clock::now());
  changed_.notify_all();
}

bool Scheduler::stop(Milliseconds grace) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  timetable_thread_.reset();
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, grace, [this] { return std::ranges::all_of(runs_, &Run::done); });
}

void Scheduler::keep_timetable() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    join_finished(lock);
    const auto free = settings_.most_runs - std::min(settings_.most_runs, runs_.size());
    for (const auto& due : schedule_.take_due(std::chrono::steady_clock::now(), free)) {
      start_run(due);
    }
    if (stopping_) break;
    const bool any_done = std::ranges::any_of(runs_, &Run::done);
    const bool full = runs_.size() >= settings_.most_runs;
    const auto next = schedule_.next();
    if (any_done) continue;
    if (next && !full) {
      changed_.wait_until(lock, *next);
    } else {
      changed_.wait(lock);
    }
  }
}

// Called with the lock held, so that the run cannot be done before it stands in the list.
void Scheduler::start_run(const Schedule::Due& due) {
  const auto& instance = due.instance;
  auto& run = runs_.emplace_back(Run{instance, due.since, false, std::nullopt});
  try {
    run.thread.emplace(std::string(instance->kind->name), [this, &run] { execute(run); });
  } catch (const std::exception& error) {
    board_.run_started(instance.get(), Moment::now());
    board_.run_finished(instance.get(), {&common_reason::internal_error, error.what()},
                        Moment::now());
    schedule_.finished(instance.get(), std::chrono::steady_clock::now());
    runs_.pop_back();
  }
}

void Scheduler::execute(Run& run) {
  const auto begin = Moment::now();
  if (begin.steady > run.due + late) ++late_starts_;
  board_.run_started(run.instance.get(), begin);
  auto outcome = run_guarded(*run.instance);
  board_.run_finished(run.instance.get(), std::move(outcome), Moment::now());
  const std::lock_guard lock(mutex_);
  if (!settings_.once) {
    schedule_.finished(run.instance.get(), std::chrono::steady_clock::now());
  }
  run.done = true;
  changed_.notify_all();
}

void Scheduler::join_finished(std::unique_lock<std::mutex>& lock) {
  std::list<Run> finished;
  for (auto run = runs_.begin(); run != runs_.end();) {
    const auto here = run++;
    if (here->done) finished.splice(finished.end(), runs_, here);
  }
  lock.unlock();
  finished.clear();  // joins: each is past its last use of this object's state
  lock.lock();
}

}  // namespace cal
