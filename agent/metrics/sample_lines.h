// The lines of the probes' own samples, rendered once per outcome. Most outcomes are the same from
// one publication to the next, and rendering would be most of its cost. Up to a limit of memory;
// above it, lines are rendered each time. Not thread-safe.
#pragma once

#include "agent/run/board.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cal {

class SampleLines {
 public:
  static constexpr std::size_t default_max_bytes = std::size_t{8} * 1024 * 1024;

  explicit SampleLines(std::size_t max_bytes = default_max_bytes) : max_bytes_(max_bytes) {}

  // Renders what is new, and forgets the outcomes that are not in `rows` any longer.
  void update(const Rows& rows);

  // The lines of the row's samples in that family, without a heading; valid until the next call.
  std::string_view of(const Row& row, const MetricFamily& family);

  // Of the lines that are kept.
  std::size_t bytes() const { return bytes_; }

 private:
  struct Lines {
    std::shared_ptr<const Outcome> outcome;  // alive, so that no other one gets its address
    std::vector<std::pair<const MetricFamily*, std::string>> by_family;
    std::size_t bytes = 0;
  };
  // Rows of several networks may share an outcome.
  using Key = std::pair<const Instance*, const Outcome*>;

  static Lines render(const Row& row);

  const std::size_t max_bytes_;
  std::map<Key, Lines> known_;
  std::size_t bytes_ = 0;
  std::string not_kept_;  // what the last call rendered
};

}  // namespace cal
