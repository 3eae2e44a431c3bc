#include "agent/base/file.h"

#include "agent/base/read_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace cal {

namespace {

ReadFault fault_of(int error) {
  const auto kind = error == ENOENT || error == ENOTDIR ? ReadError::missing
                    : error == EACCES || error == EPERM ? ReadError::denied
                                                        : ReadError::failed;
  return {kind, std::generic_category().message(error)};
}

}  // namespace

UniqueFd::~UniqueFd() {
  if (valid()) ::close(fd_);
}

bool may_access(const std::filesystem::path& path, int mode) {
  return faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0;
}

tl::expected<OpenFile, ReadFault> open_file(const std::filesystem::path& file, FileKind kind) {
  // Non-blocking, since opening a pipe otherwise waits for a writer.
  OpenFile opened{UniqueFd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)), {}};
  if (!opened.fd.valid() || ::fstat(opened.fd.fd(), &opened.status) != 0) {
    return tl::unexpected(fault_of(errno));
  }
  if (S_ISDIR(opened.status.st_mode)) {
    return tl::unexpected(ReadFault{ReadError::folder, "it is a folder, not a file"});
  }
  if (kind == FileKind::regular && !S_ISREG(opened.status.st_mode)) {
    return tl::unexpected(ReadFault{ReadError::not_regular, "it is not a regular file"});
  }
  return opened;
}

SystemTime written_at(const OpenFile& file) {
  constexpr std::int64_t latest = 9'000'000'000;  // in the year 2255
  return SystemTime(
      std::chrono::seconds(std::clamp<std::int64_t>(file.status.st_mtim.tv_sec, 0, latest)) +
      std::chrono::nanoseconds(file.status.st_mtim.tv_nsec));
}

tl::expected<std::size_t, ReadFault> read_into(const OpenFile& file, std::span<char> into,
                                               Deadline deadline) {
  // Plain read calls: a stream would leave copies of secrets in its buffers.
  std::size_t filled = 0;
  while (filled < into.size()) {
    const auto count = ::read(file.fd.fd(), into.data() + filled, into.size() - filled);
    if (count == 0) break;
    if (count > 0) {
      filled += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN && !S_ISREG(file.status.st_mode)) {  // the writer is not ready
      pollfd wanted{file.fd.fd(), POLLIN, 0};
      ::poll(&wanted, 1, static_cast<int>(deadline.left().count()));
    } else if (errno != EINTR) {
      return tl::unexpected(fault_of(errno));
    }
    if (!S_ISREG(file.status.st_mode) && deadline.passed()) {
      return tl::unexpected(ReadFault{ReadError::failed, "its writer did not end in time"});
    }
  }
  return filled;
}

tl::expected<std::string, ReadFault> read_file(const std::filesystem::path& file,
                                               std::size_t max_bytes, FileKind kind,
                                               Milliseconds patience) {
  const Deadline deadline = Deadline::in(patience);
  const auto opened = open_file(file, kind);
  if (!opened) return tl::unexpected(opened.error());
  ReadLog read_log(file);
  // Files of /proc have size 0; one byte more shows the end of the others in one call.
  constexpr std::size_t min_step = 16 * 1024;
  const auto step = std::max(min_step, static_cast<std::size_t>(opened->status.st_size) + 1);
  std::string text;
  while (text.size() <= max_bytes) {
    const auto filled = text.size();
    text.resize(filled + std::min(step, max_bytes + 1 - filled));
    const auto count = read_into(*opened, std::span(text).subspan(filled), deadline);
    if (!count) return tl::unexpected(count.error());
    read_log.add(*count);
    const bool at_end = filled + *count < text.size();
    text.resize(filled + *count);
    if (at_end) return text;
  }
  return tl::unexpected(too_large(max_bytes));
}

tl::expected<void, ReadFault> check_file(const std::filesystem::path& file, std::size_t max_bytes) {
  const auto opened = open_file(file);
  if (!opened) return tl::unexpected(opened.error());
  if (static_cast<std::size_t>(opened->status.st_size) > max_bytes) {
    return tl::unexpected(too_large(max_bytes));
  }
  return {};
}

ReadFault too_large(std::size_t max_bytes) {
  constexpr std::size_t mib = 1024 * 1024;
  return {ReadError::too_large, max_bytes % mib == 0
                                    ? fmt::format("larger than {} MiB", max_bytes / mib)
                                    : fmt::format("larger than {} bytes", max_bytes)};
}

std::string last_error() { return std::generic_category().message(errno); }

}  // namespace cal
