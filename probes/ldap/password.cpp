#include "probes/ldap/password.h"

#include "probes/net/connect.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace cal::ldap {

tl::expected<Password, std::string> Password::read(const std::filesystem::path& file) {
  const auto failed = [&](const std::string& why) {
    return tl::unexpected(fmt::format("the password file {} {}", file.string(), why));
  };
  // Plain read calls: a stream would leave copies in its buffers. Non-blocking, so that a pipe of
  // this name does not hold the run up.
  const net::Socket input(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (input.fd() < 0) {
    return failed("cannot be opened: " + std::generic_category().message(errno));
  }
  Password password;
  auto& octets = password.octets_;
  while (password.size_ < octets.size()) {
    const auto count =
        ::read(input.fd(), octets.data() + password.size_, octets.size() - password.size_);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("cannot be read: " + std::generic_category().message(errno));
    if (count == 0) break;
    password.size_ += static_cast<std::size_t>(count);
  }
  auto& size = password.size_;
  if (size > 0 && octets[size - 1] == '\n') --size;
  if (size > 0 && octets[size - 1] == '\r') --size;
  // An empty password would make the bind anonymous, which servers call a success (RFC 4513 5.1.2).
  if (size == 0) return failed("is empty");
  if (size > max_size) return failed(fmt::format("is longer than {} octets", max_size));
  return password;
}

Password::Password(Password&& other) noexcept : octets_(other.octets_), size_(other.size_) {
  ::explicit_bzero(other.octets_.data(), other.octets_.size());
  other.size_ = 0;
}

Password::~Password() { ::explicit_bzero(octets_.data(), octets_.size()); }

}  // namespace cal::ldap
