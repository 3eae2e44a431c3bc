// Security identifiers (MS-DTYP 2.4.2): a value type, its binary and its text form. Pure.
#pragma once

#include "probes/security/little_endian.h"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cal::security {

class Sid {
 public:
  static constexpr std::size_t max_sub_authorities = 15;

  // From its authority and sub-authorities (at most 15).
  static constexpr Sid of(std::uint64_t authority, std::initializer_list<std::uint32_t> sub) {
    Sid sid;
    sid.authority_ = authority;
    for (const auto value : sub) sid.sub_[sid.count_++] = value;
    return sid;
  }

  // A SID at the front of `bytes` (MS-DTYP 2.4.2.2); bytes after it are ignored. Empty if the
  // revision is not 1, the count exceeds 15, or the bytes end early.
  static std::optional<Sid> parse(std::span<const std::byte> bytes);
  static std::optional<Sid> parse_octets(std::string_view octets);  // the same, from an LDAP value

  // "S-1-5-32-544"; the authority may be written in hex (MS-DTYP 2.4.2.1). Any case of the S.
  static std::optional<Sid> parse_text(std::string_view text);

  std::string text() const;
  std::string octets() const;
  std::size_t size() const { return size_with(count_); }  // of the binary form, bytes

  // For SIDs that stay in the bytes of a descriptor: how long a SID with so many sub-authorities
  // is, whether `bytes` start with one (as `parse` decides), and whether the SID in `binary`, which
  // `at_front_of` accepted, is this one.
  static constexpr std::size_t size_with(std::size_t sub_authorities) {
    return 8 + 4 * sub_authorities;
  }
  static bool at_front_of(std::span<const std::byte> bytes) {
    if (bytes.size() < 8 || bytes[0] != std::byte{1}) return false;
    const auto count = std::to_integer<std::size_t>(bytes[1]);
    return count <= max_sub_authorities && bytes.size() >= size_with(count);
  }
  bool is(std::span<const std::byte> binary) const;

  std::span<const std::uint32_t> sub_authorities() const& { return {sub_.data(), count_}; }
  std::span<const std::uint32_t> sub_authorities() const&& = delete;  // it would outlive the SID
  std::optional<std::uint32_t> rid() const {                          // the last sub-authority
    return count_ == 0 ? std::nullopt : std::optional(sub_[count_ - 1U]);
  }

  // The SID of a principal of this domain: this one with `rid` appended.
  Sid with_rid(std::uint32_t rid) const;
  // The SID without its last sub-authority: the domain of an account.
  Sid domain() const;
  bool is_domain_account() const;  // S-1-5-21-x-y-z-rid
  bool is_builtin() const;         // S-1-5-32-rid: the same in every domain

  auto operator<=>(const Sid&) const = default;

 private:
  std::uint64_t authority_ = 0;  // 48 bits
  std::uint8_t count_ = 0;
  std::array<std::uint32_t, max_sub_authorities> sub_{};
};

inline bool Sid::is(std::span<const std::byte> binary) const {
  if (binary.size() != size()) return false;
  // From the end: the SIDs of a domain differ only in the last sub-authority.
  for (std::size_t i = count_; i-- > 0;) {
    if (load_u32(binary.data() + 8 + 4 * i) != sub_[i]) return false;
  }
  // The authority is big-endian, in the last six of the first eight bytes.
  const auto front = load_little_endian<std::uint64_t>(binary.data());
  return (__builtin_bswap64(front) & 0xffffffffffff) == authority_;
}

namespace well_known {
inline constexpr Sid everyone = Sid::of(1, {0});
inline constexpr Sid owner_rights = Sid::of(3, {4});
inline constexpr Sid principal_self = Sid::of(5, {10});
inline constexpr Sid authenticated_users = Sid::of(5, {11});
inline constexpr Sid local_system = Sid::of(5, {18});
inline constexpr Sid administrators = Sid::of(5, {32, 544});
inline constexpr Sid terminal_server_license_servers = Sid::of(5, {32, 561});
}  // namespace well_known

}  // namespace cal::security
