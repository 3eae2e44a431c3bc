// The lines of the probes' own samples, rendered once per outcome. Most outcomes are the same from
// one publication to the next, and rendering would be most of its cost. Lines are kept without the
// family and the network, so that networks with equal samples share them. Up to a limit of memory;
// above it, lines are rendered each time. Not thread-safe.
#pragma once

#include "agent/run/board.h"

#include <map>
#include <memory>
#include <set>
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

  // Of the lines that are kept, those that are shared counted once.
  std::size_t bytes() const { return bytes_; }

 private:
  // What follows the name of the family in each of its lines: `{item="x"} 3`, or ` 3`.
  using Block = std::shared_ptr<const std::string>;
  struct ByText {
    using is_transparent = void;
    static std::string_view text(const Block& block) { return *block; }
    static std::string_view text(std::string_view text) { return text; }
    bool operator()(const auto& a, const auto& b) const { return text(a) < text(b); }
  };
  struct Lines {
    std::shared_ptr<const Outcome> outcome;  // alive, so that no other one gets its address
    std::vector<std::pair<const MetricFamily*, Block>> by_family;
  };

  Lines render(const Row& row);
  Block share(std::string text);
  void forget_unused();

  const std::size_t max_bytes_;
  std::map<const Outcome*, Lines> known_;
  std::set<Block, ByText> blocks_;
  std::size_t bytes_ = 0;  // of blocks_
  std::string text_;       // what the last call returned
};

}  // namespace cal
