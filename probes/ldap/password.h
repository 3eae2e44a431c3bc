// A password kept in one place in memory, read from its file and wiped when destroyed.
#pragma once

#include <tl/expected.hpp>

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>

namespace cal::ldap {

class Password {
 public:
  static constexpr std::size_t max_size = 1024;  // octets; Active Directory's own limit is lower

  // Drops one trailing newline. A file that cannot be only a password (UTF-16, a byte order mark,
  // several lines) is an error. The error says what is wrong with the file, never what is in it.
  static tl::expected<Password, std::string> read(const std::filesystem::path& file);

  Password(Password&& other) noexcept;
  Password& operator=(Password&&) = delete;
  Password(const Password&) = delete;
  Password& operator=(const Password&) = delete;
  ~Password();

  char* data() { return octets_.data(); }
  std::size_t size() const { return size_; }
  // What is unusual about it, to be said when it is refused: a space at its end. Or empty.
  const std::string& odd() const { return odd_; }

 private:
  Password() = default;

  std::array<char, max_size + 2> octets_{};
  std::size_t size_ = 0;
  std::string odd_;
};

}  // namespace cal::ldap
