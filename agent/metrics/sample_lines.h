// The lines of the probes' own samples, rendered once per outcome. Most outcomes are the same from
// one publication to the next, and rendering would be most of its cost. Not thread-safe.
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
  // Renders what is new, and forgets the outcomes that are not in `rows` any longer.
  void update(const Rows& rows);

  // The lines of the row's samples in that family, without a heading. The row must be one of the
  // last update.
  std::string_view of(const Row& row, const MetricFamily& family) const;

 private:
  struct Lines {
    std::shared_ptr<const Outcome> outcome;  // alive, so that no other one gets its address
    std::vector<std::pair<const MetricFamily*, std::string>> by_family;
  };
  // Rows of several networks may share an outcome.
  using Key = std::pair<const Instance*, const Outcome*>;

  std::map<Key, Lines> known_;
};

}  // namespace cal
