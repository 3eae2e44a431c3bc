// A line in the log, at level debug, for each file that was read: its path, the bytes, the
// duration.
#pragma once

#include "agent/base/clock.h"

#include <cstdint>
#include <filesystem>

namespace cal {

// Lives as long as the reading and writes the line at its end, however that ends.
class ReadLog {
 public:
  explicit ReadLog(const std::filesystem::path& file) : file_(file) {}
  ReadLog(const ReadLog&) = delete;
  ReadLog& operator=(const ReadLog&) = delete;
  ~ReadLog();

  void add(std::uint64_t bytes) { bytes_ += bytes; }

 private:
  const std::filesystem::path& file_;
  SteadyTime start_ = std::chrono::steady_clock::now();
  std::uint64_t bytes_ = 0;
};

}  // namespace cal
