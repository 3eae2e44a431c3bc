// What one probe found over time. Runs in a row that found the same are one episode, so that days
// of good runs take a line and the change stands out. Bounded in bytes; what was not clear is kept
// longer than what was. Not thread-safe.
#pragma once

#include "agent/contract/probe.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace cal {

struct Episode {
  SystemTime first;  // when the first of its runs ended
  SystemTime last;
  std::uint64_t runs;
  std::chrono::nanoseconds longest;
  // That of its last run; when the episode is over, without samples and implications.
  std::shared_ptr<const Outcome> outcome;
  std::size_t bytes = 0;  // as it was counted: what samples share may change meanwhile
};

class History {
 public:
  explicit History(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // Another bound from now on. What does not fit is dropped at once.
  void limit(std::size_t max_bytes);

  void add(std::shared_ptr<const Outcome> outcome, SystemTime ended, std::chrono::nanoseconds took);

  // The newest first. Those of the turn (below) are always among them.
  const std::vector<Episode>& episodes() const { return episodes_; }

  // At most the bound, unless the newest episode, and those of the turn without their evidence, are
  // larger than that.
  std::size_t bytes() const { return bytes_; }

 private:
  void count(Episode& episode);
  void shrink();
  bool drop_one();
  bool drop_evidence();

  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::vector<Episode> episodes_;  // the newest first
};

// Where the answer turned, the latest time. Bad is `present`; only where nothing was present is
// `unknown` bad, since an answer that is missing for a while says little. Null where there is none.
struct Turn {
  const Episode* last_good = nullptr;
  const Episode* first_bad = nullptr;
  const Episode* good_again = nullptr;  // null: it is not over
};
Turn turn_of(const std::vector<Episode>& newest_first);

}  // namespace cal
