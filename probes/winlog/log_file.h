// A followed log as a file: opens it, checks its identity, reads it in pieces. Wraps POSIX calls.
#pragma once

#include "agent/base/clock.h"
#include "agent/base/file.h"
#include "probes/winlog/file_position.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace cal::winlog {

// Why a file cannot be read; `text` says what was tried and what the error was.
struct FileFault {
  bool missing;
  std::string text;
};

class LogFile {
 public:
  // Opens a file without blocking: a FIFO in its place is refused, not waited for.
  static tl::expected<LogFile, FileFault> open(const std::filesystem::path& path);

  int descriptor() const { return file_.fd.fd(); }
  std::uint64_t size() const { return static_cast<std::uint64_t>(file_.status.st_size); }
  SystemTime written_at() const { return cal::written_at(file_); }

  // Reads at `offset` and returns the number of bytes; 0 at the end. Throws std::system_error.
  std::size_t read(std::uint64_t offset, std::span<char> buffer) const;

  // The position of this file after reading up to `offset`.
  FilePosition position(std::uint64_t offset) const;
  // Whether it is the file of that position, with the content that was read then.
  bool continues(const FilePosition& position) const;

 private:
  explicit LogFile(OpenFile file) : file_(std::move(file)) {}

  std::uint64_t hash_of_head(std::uint64_t size) const;

  OpenFile file_;
};

}  // namespace cal::winlog
