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
  board_.on_event([this](Board::Event event) {
    if (event == Board::Event::change) return request();
    const std::lock_guard lock(mutex_);
    if (!dirty_) wake_.notify_all();  // there may be an earlier overdue time to wait for
  });
  thread_.emplace("publisher", [this] { work(); });
}

Publisher::~Publisher() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  thread_.reset();
  board_.on_event([](Board::Event) {});
}

void Publisher::request() {
  const std::lock_guard lock(mutex_);
  dirty_ = true;
  wake_.notify_all();
}

// What cannot be published now, for want of memory, is tried again after the pause.
void Publisher::publish() {
  try {
    board_.mark_overdue(Moment::now());
    std::ranges::move(board_.take_changes(), std::back_inserter(changes_));
    publish_(board_.rows(), changes_);
    changes_.clear();
  } catch (const std::exception& error) {
    log(LogLevel::error, "the results are not published; this is tried again",
        {{"error", error.what()}});
    const std::lock_guard lock(mutex_);
    dirty_ = !stopping_;
  }
}

void Publisher::work() {
  auto not_before = SteadyTime::min();
  auto not_after = SteadyTime::max();
  while (true) {
    {
      std::unique_lock lock(mutex_);
      while (!stopping_) {
        const auto wanted =
            dirty_ ? SteadyTime::min() : board_.next_overdue().value_or(SteadyTime::max());
        const auto due = std::min(std::max(wanted, not_before), not_after);
        if (std::chrono::steady_clock::now() >= due) break;
        if (due == SteadyTime::max()) {
          wake_.wait(lock);
        } else {
          wake_.wait_until(lock, due);
        }
      }
      if (stopping_ && !dirty_) return;
      dirty_ = false;
    }
    publish();
    const auto now = std::chrono::steady_clock::now();
    not_before = now + min_pause_;
    if (longest_pause_) not_after = now + *longest_pause_;
  }
}

}  // namespace cal
