// Access control entries (MS-DTYP 2.4.4): what each type does, and a view of one in its bytes.
// Pure; nothing here allocates.
#pragma once

#include "probes/security/access_mask.h"
#include "probes/security/guid.h"
#include "probes/security/little_endian.h"
#include "probes/security/sid.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace cal::security {

namespace ace_type {  // MS-DTYP 2.4.4.1
inline constexpr std::uint8_t access_allowed = 0x00;
inline constexpr std::uint8_t access_denied = 0x01;
inline constexpr std::uint8_t system_audit = 0x02;
inline constexpr std::uint8_t system_alarm = 0x03;
inline constexpr std::uint8_t allowed_compound = 0x04;
inline constexpr std::uint8_t allowed_object = 0x05;
inline constexpr std::uint8_t denied_object = 0x06;
inline constexpr std::uint8_t audit_object = 0x07;
inline constexpr std::uint8_t alarm_object = 0x08;
inline constexpr std::uint8_t allowed_callback = 0x09;
inline constexpr std::uint8_t denied_callback = 0x0a;
inline constexpr std::uint8_t allowed_callback_object = 0x0b;
inline constexpr std::uint8_t denied_callback_object = 0x0c;
inline constexpr std::uint8_t audit_callback = 0x0d;
inline constexpr std::uint8_t alarm_callback = 0x0e;
inline constexpr std::uint8_t audit_callback_object = 0x0f;
inline constexpr std::uint8_t alarm_callback_object = 0x10;
inline constexpr std::uint8_t mandatory_label = 0x11;
inline constexpr std::uint8_t resource_attribute = 0x12;
inline constexpr std::uint8_t scoped_policy = 0x13;
}  // namespace ace_type

namespace ace_flag {  // MS-DTYP 2.4.4.1
inline constexpr std::uint8_t object_inherit = 0x01;
inline constexpr std::uint8_t container_inherit = 0x02;
inline constexpr std::uint8_t no_propagate = 0x04;
inline constexpr std::uint8_t inherit_only = 0x08;
inline constexpr std::uint8_t inherited = 0x10;
inline constexpr std::uint8_t audit_success = 0x40;
inline constexpr std::uint8_t audit_failure = 0x80;
}  // namespace ace_flag

// What an ACE does in an access check. `unknown`: a type that this program does not understand and
// that may do anything.
enum class AceEffect : std::uint8_t { allow, deny, none, unknown };

// The properties of an ACE type.
struct AceShape {
  AceEffect effect = AceEffect::unknown;
  bool object = false;    // can name an object type (MS-DTYP 2.4.4.3)
  bool callback = false;  // counts only under a condition that this program does not evaluate
  bool data = false;      // application data or an attribute follows the SID
};

// In the order of the type numbers. The compound type is reserved, and its layout is not
// documented.
inline constexpr std::array<AceShape, 0x14> ace_shapes = {{
    {.effect = AceEffect::allow},
    {.effect = AceEffect::deny},
    {.effect = AceEffect::none},
    {.effect = AceEffect::none},
    {.effect = AceEffect::unknown},
    {.effect = AceEffect::allow, .object = true},
    {.effect = AceEffect::deny, .object = true},
    {.effect = AceEffect::none, .object = true},
    {.effect = AceEffect::none, .object = true},
    {.effect = AceEffect::allow, .callback = true, .data = true},
    {.effect = AceEffect::deny, .callback = true, .data = true},
    {.effect = AceEffect::allow, .object = true, .callback = true, .data = true},
    {.effect = AceEffect::deny, .object = true, .callback = true, .data = true},
    {.effect = AceEffect::none, .callback = true, .data = true},
    {.effect = AceEffect::none, .callback = true, .data = true},
    {.effect = AceEffect::none, .object = true, .callback = true, .data = true},
    {.effect = AceEffect::none, .object = true, .callback = true, .data = true},
    {.effect = AceEffect::none},
    {.effect = AceEffect::none, .data = true},
    {.effect = AceEffect::none},
}};

constexpr AceShape shape_of(std::uint8_t type) {
  return type < ace_shapes.size() ? ace_shapes[type] : AceShape{};
}

// One ACE in bytes that `size_of_valid` accepted. Must not outlive them.
class AceView {
 public:
  explicit AceView(const std::byte* bytes) : bytes_(bytes) {}

  // The size of the ACE at the front of `bytes`; zero unless it is a multiple of four and holds the
  // fields of its type. More bytes than the fields need are allowed (MS-DTYP 2.4.4.1).
  static std::size_t size_of_valid(std::span<const std::byte> bytes);

  std::uint8_t type() const { return std::to_integer<std::uint8_t>(bytes_[0]); }
  std::uint8_t flags() const { return std::to_integer<std::uint8_t>(bytes_[1]); }
  std::size_t size() const { return load_u16(bytes_ + 2); }
  bool inherit_only() const { return (flags() & ace_flag::inherit_only) != 0; }

  // The bytes after the header of an ACE of unknown type.
  std::span<const std::byte> body() const { return {bytes_ + 4, size() - 4}; }

  // Call the following only if the effect of the type is not `unknown`.
  AccessMask mask() const { return load_u32(bytes_ + 4); }
  const std::byte* object_type() const {  // null when absent
    return has_object_field(object_type_present) ? bytes_ + 12 : nullptr;
  }
  const std::byte* inherited_object_type() const {  // null when absent
    if (!has_object_field(inherited_object_type_present)) return nullptr;
    return bytes_ + (has_object_field(object_type_present) ? 12 + Guid::size : 12);
  }
  std::span<const std::byte> sid() const {
    const std::byte* at = bytes_ + sid_offset();
    return {at, Sid::size_with(std::to_integer<std::uint8_t>(at[1]))};
  }
  std::span<const std::byte> tail() const {  // after the SID
    const auto trustee = sid();
    return {trustee.data() + trustee.size(), bytes_ + size()};
  }

  static constexpr std::uint32_t object_type_present = 1;
  static constexpr std::uint32_t inherited_object_type_present = 2;

 private:
  bool has_object_field(std::uint32_t field) const {
    return shape_of(type()).object && (load_u32(bytes_ + 8) & field) != 0;
  }
  std::size_t sid_offset() const {
    if (!shape_of(type()).object) return 8;
    const std::uint32_t fields = load_u32(bytes_ + 8);
    return 12 + Guid::size * ((fields & 1) + (fields >> 1 & 1));
  }

  const std::byte* bytes_;
};

inline std::size_t AceView::size_of_valid(std::span<const std::byte> bytes) {
  if (bytes.size() < 4) return 0;
  const AceView ace(bytes.data());
  const std::size_t size = ace.size();
  if (size < 4 || size > bytes.size() || size % 4 != 0) return 0;
  const AceShape shape = shape_of(ace.type());
  if (shape.effect == AceEffect::unknown) return size;
  if (size < (shape.object ? 12U : 8U)) return 0;
  const std::size_t at = ace.sid_offset();
  return at <= size && Sid::at_front_of(bytes.subspan(at, size - at)) ? size : 0;
}

}  // namespace cal::security
