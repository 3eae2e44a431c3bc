#include "probes/ldap/password.h"

#include "agent/base/file.h"
#include "agent/base/utf.h"

#include <fmt/format.h>

#include <cstring>
#include <string_view>
#include <utility>

namespace cal::ldap {

namespace {

constexpr std::string_view save_plain =
    "save it as UTF-8 without a byte order mark, such as by Set-Content -NoNewline -Encoding ascii";

// Why the octets cannot be a password alone; empty if they can.
std::string why_not_a_password(std::string_view octets) {
  if (octets.starts_with("\xff\xfe") || octets.starts_with("\xfe\xff") ||
      octets.find('\0') != octets.npos) {
    return fmt::format("is encoded in UTF-16; {}", save_plain);
  }
  if (octets.starts_with("\xef\xbb\xbf")) {
    return fmt::format("begins with a byte order mark (BOM), which is not part of the password; {}",
                       save_plain);
  }
  if (octets.find_first_of("\r\n") != octets.npos) {
    return "has more than one line; write only the password into it";
  }
  return "";
}

std::string what_is_odd(std::string_view octets, const std::filesystem::path& file) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  if (is_blank(octets.front()) || is_blank(octets.back())) {
    return fmt::format("the password in {} {} with a space, which was sent as part of it",
                       file.string(), is_blank(octets.back()) ? "ends" : "begins");
  }
  if (first_not_utf8(octets)) {
    return fmt::format("the password in {} is not UTF-8, which Active Directory expects",
                       file.string());
  }
  return "";
}

}  // namespace

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
  const std::string_view text(octets.data(), size);
  if (const auto why = why_not_a_password(text); !why.empty()) return failed(why);
  password.odd_ = what_is_odd(text, file);
  return password;
}

Password::Password(Password&& other) noexcept
    : octets_(other.octets_), size_(other.size_), odd_(std::move(other.odd_)) {
  ::explicit_bzero(other.octets_.data(), other.octets_.size());
  other.size_ = 0;
}

Password::~Password() { ::explicit_bzero(octets_.data(), octets_.size()); }

}  // namespace cal::ldap
