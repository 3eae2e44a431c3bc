#include "probes/winlog/log_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <system_error>
#include <utility>

namespace cal::winlog {

namespace {

constexpr std::uint64_t longest_head = 1024;

std::string last_error() { return std::generic_category().message(errno); }

}  // namespace

tl::expected<LogFile, FileFault> LogFile::open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    return tl::unexpected(
        FileFault{missing, fmt::format("open {}: {}", path.string(), last_error())});
  }
  LogFile file(descriptor);
  struct stat status {};
  if (fstat(descriptor, &status) != 0) {
    return tl::unexpected(
        FileFault{false, fmt::format("stat {}: {}", path.string(), last_error())});
  }
  if (!S_ISREG(status.st_mode)) {
    return tl::unexpected(FileFault{false, fmt::format("{} is no file", path.string())});
  }
  file.device_ = status.st_dev;
  file.inode_ = status.st_ino;
  file.size_ = static_cast<std::uint64_t>(status.st_size);
  file.modified_ = status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec;
  return file;
}

LogFile::LogFile(LogFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      device_(other.device_),
      inode_(other.inode_),
      size_(other.size_),
      modified_(other.modified_) {}

LogFile::~LogFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

SystemTime LogFile::written_at() const { return SystemTime(std::chrono::nanoseconds(modified_)); }

std::size_t LogFile::read(std::uint64_t offset, std::span<char> buffer) const {
  while (true) {
    const auto count = pread(descriptor_, buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "read");
  }
}

FilePosition LogFile::position(std::uint64_t offset) const {
  const auto head_size = std::min(offset, longest_head);
  return {.device = device_,
          .inode = inode_,
          .offset = offset,
          .head = hash_of_head(head_size),
          .head_size = head_size,
          .modified = modified_};
}

bool LogFile::continues(const FilePosition& position) const {
  return device_ == position.device && inode_ == position.inode && size_ >= position.offset &&
         hash_of_head(position.head_size) == position.head;
}

std::uint64_t LogFile::hash_of_head(std::uint64_t size) const {
  std::array<char, longest_head> head{};
  const auto count = read(0, std::span(head).first(std::min(size, longest_head)));
  return std::hash<std::string_view>{}({head.data(), count});
}

}  // namespace cal::winlog
