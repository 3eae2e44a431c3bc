// The publisher: one thread that turns the board into what people and Prometheus read, at most once
// per `min_pause`. It wakes up when a run becomes overdue, so that a stuck call freezes nothing.
// With a `longest_pause` it also publishes when nothing changed, as a sign of life.
#pragma once

#include "agent/base/thread.h"
#include "agent/run/board.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace cal {

class Publisher {
 public:
  // Called on the publisher's thread with the current rows and the changes since the last call.
  using Publish = std::function<void(const Rows& rows, const std::vector<Change>& changes)>;

  Publisher(Board& board, Publish publish, Milliseconds min_pause = Milliseconds{1000},
            std::optional<Milliseconds> longest_pause = std::nullopt);
  ~Publisher();  // publishes what is left; then joins its thread
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  // Asks for a publication even if the board has not changed. Thread-safe.
  void request();

 private:
  // Shared with the board's callback, which may still be running when the publisher has ended.
  struct Wake {
    std::mutex mutex;
    std::condition_variable changed;
    bool dirty = true;
    bool stopping = false;

    void request();
    void run_started();
  };

  void work();
  void publish();

  Board& board_;
  Publish publish_;
  Milliseconds min_pause_;
  std::optional<Milliseconds> longest_pause_;
  std::vector<Change> changes_;  // not published yet; used by the publisher's thread only
  std::shared_ptr<Wake> wake_ = std::make_shared<Wake>();
  std::optional<Thread> thread_;
};

}  // namespace cal
