// Which events of one channel were already seen, by their record IDs. IDs increase by one from
// event to event until the log is cleared; then they start again. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace cal::winlog {

class Bookmark {
 public:
  // The newest event of the log before each clearing; the last mark: of the current log.
  struct Mark {
    std::uint64_t record_id;
    std::int64_t second;  // of the event, since 1970

    bool operator==(const Mark&) const = default;
  };

  Bookmark() = default;
  explicit Bookmark(std::vector<Mark> marks) : marks_(std::move(marks)) {}

  // Records an event. Empty if it was seen before; otherwise the number of skipped IDs. An ID that
  // is not above the last one is new only if its time is: then the log was cleared. Whole seconds
  // are compared, since shippers cut off fractions. Without a time (a clock that was far ahead) the
  // ID alone decides.
  std::optional<std::uint64_t> see(std::uint64_t record_id, std::optional<std::int64_t> second);

  const std::vector<Mark>& marks() const { return marks_; }

  bool operator==(const Bookmark&) const = default;

 private:
  std::vector<Mark> marks_;
};

}  // namespace cal::winlog
