// Reads and writes the integers of the MS-DTYP wire formats, which are little-endian and may be
// unaligned. The caller has checked that the bytes exist.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace cal::security {

// Compilers turn a memcpy into one instruction, but not a loop over bytes.
template <typename Unsigned>
Unsigned load_little_endian(const std::byte* at) {
  Unsigned value = 0;
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&value, at, sizeof value);
  } else {
    for (std::size_t i = sizeof value; i-- > 0;) {
      value = static_cast<Unsigned>(value << 8 | std::to_integer<Unsigned>(at[i]));
    }
  }
  return value;
}

inline std::uint16_t load_u16(const std::byte* at) { return load_little_endian<std::uint16_t>(at); }
inline std::uint32_t load_u32(const std::byte* at) { return load_little_endian<std::uint32_t>(at); }

inline void append_u16(std::string& bytes, std::size_t value) {
  bytes.push_back(static_cast<char>(value & 0xff));
  bytes.push_back(static_cast<char>(value >> 8 & 0xff));
}

inline void append_u32(std::string& bytes, std::size_t value) {
  append_u16(bytes, value);
  append_u16(bytes, value >> 16);
}

}  // namespace cal::security
