#include "probes/inventory/text_file.h"

#include "probes/inventory/encoding.h"
#include "probes/net/connect.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace cal::inventory {

namespace {

using net::Socket;  // owns any file descriptor

// File systems keep times that the clock cannot hold.
constexpr std::int64_t latest_time = 9'000'000'000;  // in the year 2255

TextFault failed(const std::string& what) { return {0, what}; }

std::string system_error() { return std::generic_category().message(errno); }

// Plain read calls: a stream would leave copies in its buffers.
tl::expected<WipedText, TextFault> read_octets(int fd, std::size_t size, std::size_t max_size) {
  if (size > max_size) {
    return tl::unexpected(failed(fmt::format("larger than {} MiB", max_size >> 20U)));
  }
  // One octet more than it had, to see whether it grows meanwhile.
  WipedText octets(size + 1);
  std::size_t filled = 0;
  while (filled < octets.size()) {
    const auto count = ::read(fd, octets.data() + filled, octets.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return tl::unexpected(failed(system_error()));
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  if (filled != size) {
    return tl::unexpected(
        failed("its size changed while it was read; the next run tries again. "
               "Exports should be written beside it and renamed"));
  }
  octets.resize(size);
  return octets;
}

}  // namespace

FileFault unreadable(const std::filesystem::path& file, const TextFault& fault) {
  const auto where = fault.line == 0 ? std::string() : fmt::format("line {}: ", fault.line);
  return {FileFaultKind::unreadable,
          fmt::format("read {}: {}{}", file.string(), where, fault.what)};
}

tl::expected<TextFile, FileFault> read_text_file(const std::filesystem::path& file,
                                                 std::size_t max_size) {
  const auto refuse = [&](const std::string& what) {
    return tl::unexpected(unreadable(file, failed(what)));
  };
  // Non-blocking, so that a pipe of this name does not hold the run up.
  const Socket input(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (input.fd() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return tl::unexpected(FileFault{
          FileFaultKind::missing,
          fmt::format("read {}: there is no such file; check the name, and the export or the copy "
                      "that should bring it",
                      file.string())});
    }
    return refuse(system_error() + "; let the agent's user read it");
  }
  struct stat status {};
  if (::fstat(input.fd(), &status) != 0) return refuse(system_error());
  if (!S_ISREG(status.st_mode)) return refuse("it is no regular file");
  auto octets = read_octets(input.fd(), static_cast<std::size_t>(status.st_size), max_size);
  if (!octets) return tl::unexpected(unreadable(file, octets.error()));
  auto text = to_utf8(std::move(*octets));
  if (!text) return tl::unexpected(unreadable(file, text.error()));
  const auto written_at =
      std::chrono::seconds(std::clamp<std::int64_t>(status.st_mtim.tv_sec, 0, latest_time)) +
      std::chrono::nanoseconds(status.st_mtim.tv_nsec);
  return TextFile{std::move(*text), SystemTime(written_at)};
}

}  // namespace cal::inventory
