// Files of the machine: the one owner of a file descriptor, and the one way to read a file.
// Everything is bounded while it is read, and nothing blocks on what only looks like a file, such
// as a pipe without a writer.
#pragma once

#include "agent/base/clock.h"

#include <sys/stat.h>
#include <tl/expected.hpp>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <utility>

namespace cal {

// Owns a file descriptor, a socket included; a negative one is none.
class UniqueFd {
 public:
  explicit UniqueFd(int fd = -1) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd();

  int fd() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

// Like access(2), but for the user and the capabilities that this process has now. access() itself
// ignores capabilities, such as CAP_DAC_READ_SEARCH of a service that is not root.
bool may_access(const std::filesystem::path& path, int mode);

enum class ReadError { missing, denied, folder, not_regular, too_large, failed };

struct ReadFault {
  ReadError error;
  std::string what;  // without the name of the file: "Permission denied", "it is a folder"
};

// What `open_file` accepts. `any` is for commands that a person waits for: a pipe is read until its
// writers close it, for a minute at most.
enum class FileKind { regular, any };
inline constexpr Milliseconds pipe_patience = std::chrono::minutes(1);

struct OpenFile {
  UniqueFd fd;
  struct stat status;  // as of the opening
};

// Opens for reading; no folder.
tl::expected<OpenFile, ReadFault> open_file(const std::filesystem::path& file,
                                            FileKind kind = FileKind::regular);

// When the file was written last, within what the clock can hold (file systems keep more).
SystemTime written_at(const OpenFile& file);

// Reads until the end of the file or of `into`; how many bytes came. Only a pipe or a device is
// waited for.
tl::expected<std::size_t, ReadFault> read_into(const OpenFile& file, std::span<char> into,
                                               Deadline deadline = Deadline::in(pipe_patience));

// The whole file.
tl::expected<std::string, ReadFault> read_file(const std::filesystem::path& file,
                                               std::size_t max_bytes,
                                               FileKind kind = FileKind::regular,
                                               Milliseconds patience = pipe_patience);

// For a library that opens a file by its name: whether it may. It would wait for a pipe, and read a
// device without end.
tl::expected<void, ReadFault> check_file(const std::filesystem::path& file, std::size_t max_bytes);

// The fault of a file above the limit: "larger than 64 MiB".
ReadFault too_large(std::size_t max_bytes);

// The text of errno.
std::string last_error();

}  // namespace cal
