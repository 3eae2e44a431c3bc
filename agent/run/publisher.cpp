#include "agent/run/publisher.h"

#include "agent/base/log.h"

#include <algorithm>
#include <exception>
#include <iterator>

namespace cal {

Publisher::Publisher(Board& board, Publish publish, Milliseconds min_pause,
                     std::optional<Milliseconds> longest_pause)
    : board_(board),
      publish_(std::move(publish)),
      min_pause_(min_pause),
      longest_pause_(longest_pause) {
  board_.on_event([wake = wake_](Board::Event event) {
    if (event == Board::Event::change) {
      wake->request();
    } else {
      wake->run_started();
    }
  });
  thread_.emplace("publisher", [this] { work(); });
}

Publisher::~Publisher() {
  board_.on_event([](Board::Event) {});
  {
    const std::lock_guard lock(wake_->mutex);
    wake_->stopping = true;
    wake_->changed.notify_all();
  }
  thread_.reset();
}

void Publisher::request() { wake_->request(); }

void Publisher::Wake::request() {
  const std::lock_guard lock(mutex);
  dirty = true;
  changed.notify_all();
}

// There may be an earlier overdue time to wait for.
void Publisher::Wake::run_started() {
  const std::lock_guard lock(mutex);
  if (!dirty) changed.notify_all();
}

// When it fails, for lack of memory for example, it is tried again after the pause.
void Publisher::publish() {
  try {
    board_.mark_overdue(Moment::now());
    std::ranges::move(board_.take_changes(), std::back_inserter(changes_));
    publish_(board_.rows(), changes_);
    changes_.clear();
  } catch (const std::exception& error) {
    log(LogLevel::error, "publishing the results failed; trying again", {{"error", error.what()}});
    const std::lock_guard lock(wake_->mutex);
    wake_->dirty = !wake_->stopping;
  }
}

void Publisher::work() {
  auto not_before = SteadyTime::min();
  auto not_after = SteadyTime::max();
  while (true) {
    {
      std::unique_lock lock(wake_->mutex);
      while (!wake_->stopping) {
        const auto wanted =
            wake_->dirty ? SteadyTime::min() : board_.next_overdue().value_or(SteadyTime::max());
        const auto due = std::min(std::max(wanted, not_before), not_after);
        if (std::chrono::steady_clock::now() >= due) break;
        if (due == SteadyTime::max()) {
          wake_->changed.wait(lock);
        } else {
          wake_->changed.wait_until(lock, due);
        }
      }
      if (wake_->stopping && !wake_->dirty) return;
      wake_->dirty = false;
    }
    publish();
    const auto now = std::chrono::steady_clock::now();
    not_before = now + min_pause_;
    if (longest_pause_) not_after = now + *longest_pause_;
  }
}

}  // namespace cal
