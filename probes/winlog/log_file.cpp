#include "probes/winlog/log_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <system_error>

namespace cal::winlog {

namespace {

constexpr std::uint64_t longest_head = 1024;

}  // namespace

tl::expected<LogFile, FileFault> LogFile::open(const std::filesystem::path& path) {
  auto file = open_file(path);
  if (file) return LogFile(std::move(*file));
  const auto& [error, what] = file.error();
  return tl::unexpected(
      FileFault{error == ReadError::missing, fmt::format("open {}: {}", path.string(), what)});
}

std::size_t LogFile::read(std::uint64_t offset, std::span<char> buffer) const {
  while (true) {
    const auto count =
        pread(descriptor(), buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "read");
  }
}

FilePosition LogFile::position(std::uint64_t offset) const {
  const auto head_size = std::min(offset, longest_head);
  return {.device = file_.status.st_dev,
          .inode = file_.status.st_ino,
          .offset = offset,
          .head = hash_of_head(head_size),
          .head_size = head_size,
          .modified = written_at().time_since_epoch().count()};
}

bool LogFile::continues(const FilePosition& position) const {
  return file_.status.st_dev == position.device && file_.status.st_ino == position.inode &&
         size() >= position.offset && hash_of_head(position.head_size) == position.head;
}

std::uint64_t LogFile::hash_of_head(std::uint64_t size) const {
  std::array<char, longest_head> head{};
  const auto count = read(0, std::span(head).first(std::min(size, longest_head)));
  return std::hash<std::string_view>{}({head.data(), count});
}

}  // namespace cal::winlog
