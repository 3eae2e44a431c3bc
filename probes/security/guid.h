// GUIDs as Active Directory stores them (MS-DTYP 2.3.4.2): a value type over the 16 wire bytes,
// whose first three groups are little-endian. Pure.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cal::security {

class Guid {
 public:
  static constexpr std::size_t size = 16;

  Guid() = default;
  explicit Guid(std::span<const std::byte, size> wire) {
    std::memcpy(bytes_.data(), wire.data(), size);
  }

  // "5805bc62-bdc9-4428-a5e2-856a0f4c185e", in any case, without braces.
  static std::optional<Guid> parse_text(std::string_view text);

  std::string text() const;  // in lower case
  std::span<const std::byte, size> wire() const& { return bytes_; }
  std::span<const std::byte, size> wire() const&& = delete;  // it would outlive the GUID

  // Whether the 16 bytes at `wire` are this GUID.
  bool is(const std::byte* wire) const { return std::memcmp(bytes_.data(), wire, size) == 0; }

  auto operator<=>(const Guid&) const = default;

 private:
  std::array<std::byte, size> bytes_{};
};

}  // namespace cal::security
