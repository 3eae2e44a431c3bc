// A security descriptor as owned values, to show, compare or build one: the counterpart of
// DescriptorView, which it can turn back into bytes. Pure.
#pragma once

#include "probes/security/descriptor_view.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cal::security {

struct Ace {
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  AccessMask mask = 0;
  std::optional<Guid> object_type = {};
  std::optional<Guid> inherited_object_type = {};
  Sid sid = {};
  // Application data or attribute after the SID; for an unknown type everything after the header,
  // and only this is meaningful. Surplus bytes of other types are not kept.
  std::string data = {};

  bool operator==(const Ace&) const = default;
};

struct Acl {
  std::uint8_t revision = 4;
  std::vector<Ace> aces = {};

  bool operator==(const Acl&) const = default;
};

// Presence of the lists is in `control`, as in the bytes: present without a value is a NULL list.
struct Descriptor {
  std::uint16_t control = control::self_relative;
  std::uint8_t resource_manager_control = 0;
  std::optional<Sid> owner = {};
  std::optional<Sid> group = {};
  std::optional<Acl> dacl = {};
  std::optional<Acl> sacl = {};

  bool operator==(const Descriptor&) const = default;
};

Ace to_ace(const AceView& view);
Descriptor to_descriptor(const DescriptorView& view);
Parsed<Descriptor> parse_descriptor(std::span<const std::byte> bytes);

// The self-relative form. Empty if an ACE or a list is too long for its 16-bit size field.
std::optional<std::string> octets(const Descriptor& descriptor);

}  // namespace cal::security
