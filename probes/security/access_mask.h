// Access masks: the rights of a directory object (MS-ADTS 5.1.3.2) and the mapping of the generic
// ones. Pure.
#pragma once

#include <cstdint>

namespace cal::security {

using AccessMask = std::uint32_t;

namespace right {
inline constexpr AccessMask create_child = 0x1;
inline constexpr AccessMask delete_child = 0x2;
inline constexpr AccessMask list_contents = 0x4;
inline constexpr AccessMask validated_write = 0x8;
inline constexpr AccessMask read_property = 0x10;
inline constexpr AccessMask write_property = 0x20;
inline constexpr AccessMask delete_tree = 0x40;
inline constexpr AccessMask list_object = 0x80;
inline constexpr AccessMask control_access = 0x100;
inline constexpr AccessMask delete_object = 0x10000;
inline constexpr AccessMask read_control = 0x20000;
inline constexpr AccessMask write_dacl = 0x40000;
inline constexpr AccessMask write_owner = 0x80000;
inline constexpr AccessMask access_system_security = 0x1000000;
inline constexpr AccessMask maximum_allowed = 0x2000000;  // a question, not a right
inline constexpr AccessMask generic_all = 0x10000000;
inline constexpr AccessMask generic_execute = 0x20000000;
inline constexpr AccessMask generic_write = 0x40000000;
inline constexpr AccessMask generic_read = 0x80000000;

inline constexpr AccessMask full_control = 0xf01ff;
}  // namespace right

// The mask with its generic bits replaced by the rights they stand for on a directory object
// (MS-ADTS 6.1.3).
constexpr AccessMask map_generic(AccessMask mask) {
  constexpr AccessMask generic = 0xf0000000;
  if ((mask & generic) == 0) return mask;
  AccessMask mapped = mask & ~generic;
  if (mask & right::generic_all) mapped |= right::full_control;
  if (mask & right::generic_execute) mapped |= right::read_control | right::list_contents;
  if (mask & right::generic_write) {
    mapped |= right::read_control | right::write_property | right::validated_write;
  }
  if (mask & right::generic_read) {
    mapped |=
        right::read_control | right::list_contents | right::read_property | right::list_object;
  }
  return mapped;
}

}  // namespace cal::security
