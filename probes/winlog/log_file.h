// A followed log as a file: opened, looked at, read in pieces. Wraps what POSIX says about it.
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

// Why a file cannot be read; `text` says what was tried and what came back.
struct FileFault {
  bool missing;
  std::string text;
};

class LogFile {
 public:
  // A file without blocking: a FIFO in its place is refused, not waited for.
  static tl::expected<LogFile, FileFault> open(const std::filesystem::path& path);

  int descriptor() const { return file_.fd.fd(); }
  std::uint64_t size() const { return static_cast<std::uint64_t>(file_.status.st_size); }
  SystemTime written_at() const { return cal::written_at(file_); }

  // How many bytes were read at `offset`; 0 at the end. Throws std::system_error.
  std::size_t read(std::uint64_t offset, std::span<char> buffer) const;

  // Where this file was read up to `offset`.
  FilePosition position(std::uint64_t offset) const;
  // Whether it is the file of that position, and still holds what was read then.
  bool continues(const FilePosition& position) const;

 private:
  explicit LogFile(OpenFile file) : file_(std::move(file)) {}

  std::uint64_t hash_of_head(std::uint64_t size) const;

  OpenFile file_;
};

}  // namespace cal::winlog
