#include "agent/run/scheduler.h"

#include "agent/base/log.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <random>

namespace cal {

namespace {

// The backstop of every run: an exception becomes the outcome and affects nothing else.
Outcome run_guarded(const Instance& instance) {
  try {
    return instance.probe->run(Deadline::in(instance.timeout));
  } catch (const std::exception& error) {
    return {&common_reason::internal_error, fmt::format("the probe failed: {}", error.what())};
  } catch (...) {
    return {&common_reason::internal_error, "the probe failed with an unknown exception"};
  }
}

void log_run(const Instance& instance, const Outcome& outcome, std::chrono::nanoseconds took) {
  std::string phases;
  for (const auto& phase : outcome.phases) {
    phases +=
        fmt::format("{}{}={}", phases.empty() ? "" : " ", phase.name, seconds_text(phase.duration));
  }
  log(LogLevel::debug, "probe run finished",
      {{"network", instance.network},
       {"probe", std::string(instance.kind->name)},
       {"verdict", std::string(name_of(outcome.reason->verdict))},
       {"reason", std::string(outcome.reason->word)},
       {"duration_seconds", seconds_text(took)},
       {"phases", phases}});
}

}  // namespace

Scheduler::Scheduler(Board& board, Settings settings)
    : board_(board),
      settings_(settings),
      schedule_(settings.first_run_spread, std::random_device{}()) {
  timetable_thread_.emplace("scheduler", [this] { keep_timetable(); });
}

Scheduler::~Scheduler() { stop(Milliseconds{0}); }

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
  return changed_.wait_for(lock, grace, [this] { return runs_ == 0; });
}

void Scheduler::keep_timetable() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto free = settings_.max_runs - runs_;
    for (const auto& due : schedule_.take_due(std::chrono::steady_clock::now(), free)) {
      start_run(due);
    }
    const auto next = schedule_.next();
    if (next && runs_ < settings_.max_runs) {
      changed_.wait_until(lock, *next);
    } else {
      changed_.wait(lock);
    }
  }
}

// Called with the lock held, so that the run cannot be over before it is counted.
void Scheduler::start_run(const Schedule::Due& due) {
  const auto* instance = due.instance.get();
  try {
    run_threads_.start(std::string(instance->kind->name), [this, due] { execute(due); });
    ++runs_;
  } catch (const std::exception& error) {
    board_.run_started(instance, Moment::now());
    board_.run_finished(instance, {&common_reason::internal_error, error.what()}, Moment::now());
    schedule_.finished(instance, std::chrono::steady_clock::now());
  }
}

// A run whose result cannot be stored, for lack of memory, becomes overdue on the board and is
// repeated at its next time.
void Scheduler::execute(const Schedule::Due& due) {
  try {
    run_and_store(due);
  } catch (const std::exception& error) {
    log(LogLevel::error, "storing the result of a probe run failed",
        {{"network", due.instance->network},
         {"probe", std::string(due.instance->kind->name)},
         {"error", error.what()}});
  }
  const std::lock_guard lock(mutex_);
  if (!settings_.once) {
    schedule_.finished(due.instance.get(), std::chrono::steady_clock::now());
  }
  --runs_;
  changed_.notify_all();
}

void Scheduler::run_and_store(const Schedule::Due& due) {
  const auto* instance = due.instance.get();
  const auto begin = Moment::now();
  if (begin.steady > due.since + late) ++late_starts_;
  board_.run_started(instance, begin);
  auto outcome = run_guarded(*instance);
  const auto end = Moment::now();
  if (logs(LogLevel::debug)) log_run(*instance, outcome, end.steady - begin.steady);
  board_.run_finished(instance, std::move(outcome), end);
}

}  // namespace cal
