// How far a file was read, and which file it was: enough to continue in an unchanged file, and to
// notice a change. A wrong guess only costs a second reading, since bookmarks identify the events.
#pragma once

#include <cstdint>

namespace cal::winlog {

struct FilePosition {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t offset = 0;     // of the first byte that was not read
  std::uint64_t head = 0;       // a hash of its first bytes
  std::uint64_t head_size = 0;  // how many bytes these are
  std::int64_t modified = 0;    // nanoseconds since 1970
  bool damaged = false;         // as found when it was read

  bool operator==(const FilePosition&) const = default;
};

}  // namespace cal::winlog
