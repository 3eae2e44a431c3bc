// The publisher: one thread that turns the board into what people and Prometheus read, at most once
// a second, and wakes for runs that become overdue, so that a stuck call freezes nothing. Told a
// longest pause, it publishes that often although nothing changed, as a sign of life.
#pragma once

#include "agent/base/thread.h"
#include "agent/run/board.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>

namespace cal {

class Publisher {
 public:
  // Called on the publisher's thread with the rows of this moment and what changed since the last.
  using Publish = std::function<void(const Rows& rows, const std::vector<Change>& changes)>;

  Publisher(Board& board, Publish publish, Milliseconds min_pause = Milliseconds{1000},
            std::optional<Milliseconds> longest_pause = std::nullopt);
  ~Publisher();  // publishes what is left and ends
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  // Asks for a publication although the board has not changed. Thread-safe.
  void request();

 private:
  void work();
  void publish();

  Board& board_;
  Publish publish_;
  Milliseconds min_pause_;
  std::optional<Milliseconds> longest_pause_;
  std::vector<Change> changes_;  // not published yet; the publisher's thread alone
  std::mutex mutex_;
  std::condition_variable wake_;
  bool dirty_ = true;
  bool stopping_ = false;
  std::optional<Thread> thread_;
};

}  // namespace cal
