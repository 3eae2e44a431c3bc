#include "probes/winlog/bookmark.h"

#include <algorithm>
#include <iterator>

namespace cal::winlog {

namespace {

constexpr std::size_t max_marks = 8;

}  // namespace

std::optional<std::uint64_t> Bookmark::see(std::uint64_t record_id,
                                           std::optional<std::int64_t> second) {
  if (marks_.empty()) {
    marks_.push_back({record_id, second.value_or(0)});
    return 0;
  }
  auto& now = marks_.back();
  if (record_id <= now.record_id) {
    if (!second || *second <= now.second) return std::nullopt;
    marks_.push_back({record_id, *second});
    if (marks_.size() > max_marks) marks_.erase(marks_.begin());
    return record_id == 0 ? 0 : record_id - 1;
  }
  // An ID from before a clearing, found again in a copy of the old log.
  const auto covers = [&](const Mark& old) {
    return record_id <= old.record_id && second.value_or(now.second) <= old.second;
  };
  if (std::any_of(marks_.begin(), std::prev(marks_.end()), covers)) return std::nullopt;
  const auto skipped = record_id - now.record_id - 1;
  now = {record_id, std::max(now.second, second.value_or(now.second))};
  return skipped;
}

}  // namespace cal::winlog
