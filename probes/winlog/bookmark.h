// Which events of one channel were seen already, by their record ids. Ids rise by one from event to
// event until the log is cleared; then they begin again. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace cal::winlog {

class Bookmark {
 public:
  // The newest event of the log as it was until it was cleared; the last one: as it is now.
  struct Mark {
    std::uint64_t record_id;
    std::int64_t second;  // of the event, since 1970

    bool operator==(const Mark&) const = default;
  };

  Bookmark() = default;
  explicit Bookmark(std::vector<Mark> marks) : marks_(std::move(marks)) {}

  // Takes an event into account. Empty when it was seen before; else how many ids were skipped.
  // An id that is not above the last one is new only when its time is: then the log was cleared.
  // Whole seconds are compared, since shippers cut what is below. Without a time (a clock that was
  // far ahead) the id alone decides.
  std::optional<std::uint64_t> see(std::uint64_t record_id, std::optional<std::int64_t> second);

  const std::vector<Mark>& marks() const { return marks_; }

  bool operator==(const Bookmark&) const = default;

 private:
  std::vector<Mark> marks_;
};

}  // namespace cal::winlog
