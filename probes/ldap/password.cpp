#include "probes/ldap/password.h"

#include "agent/base/file.h"

#include <fmt/format.h>

#include <cstring>

namespace cal::ldap {

tl::expected<Password, std::string> Password::read(const std::filesystem::path& file) {
  const auto failed = [&](const std::string& why) {
    return tl::unexpected(fmt::format("the password file {} {}", file.string(), why));
  };
  const auto opened = open_file(file);
  if (!opened) return failed("cannot be opened: " + opened.error().what);
  Password password;
  auto& octets = password.octets_;
  const auto count = read_into(*opened, octets);
  if (!count) return failed("cannot be read: " + count.error().what);
  password.size_ = *count;
  auto& size = password.size_;
  if (size > 0 && octets[size - 1] == '\n') --size;
  if (size > 0 && octets[size - 1] == '\r') --size;
  // An empty password makes the bind anonymous, which servers report as success (RFC 4513 5.1.2).
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
