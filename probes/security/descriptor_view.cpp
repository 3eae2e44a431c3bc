#include "probes/security/descriptor_view.h"

namespace cal::security {

namespace {

constexpr std::size_t header_size = 20;
constexpr std::size_t acl_header_size = 8;

// The owner or the group at an offset of the header; empty without an error if the offset is zero.
Parsed<std::span<const std::byte>> sid_at(std::span<const std::byte> bytes, std::size_t offset) {
  if (offset == 0) return {std::span<const std::byte>{}};
  if (offset < header_size || offset > bytes.size()) {
    return {{}, {offset, "the owner or group is outside the descriptor"}};
  }
  const auto rest = bytes.subspan(offset);
  if (!Sid::at_front_of(rest)) {
    return {{}, {offset, "the owner or group is not a whole SID"}};
  }
  return {rest.first(Sid::size_with(std::to_integer<std::size_t>(rest[1])))};
}

// The list at an offset of the header (MS-DTYP 2.4.5).
Parsed<AclView> acl_at(std::span<const std::byte> bytes, std::size_t offset) {
  if (offset < header_size || offset > bytes.size() || bytes.size() - offset < acl_header_size) {
    return {{}, {offset, "the access control list is outside the descriptor"}};
  }
  const std::byte* header = bytes.data() + offset;
  const auto revision = std::to_integer<std::uint8_t>(header[0]);
  const std::size_t size = load_u16(header + 2);
  const std::size_t count = load_u16(header + 4);
  if (revision < 2 || revision > 4) {
    return {{}, {offset, "the access control list has an unknown revision"}};
  }
  if (size < acl_header_size || size > bytes.size() - offset) {
    return {{}, {offset, "the access control list is longer than the descriptor"}};
  }
  auto rest = bytes.subspan(offset + acl_header_size, size - acl_header_size);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t ace_size = AceView::size_of_valid(rest);
    if (ace_size == 0) {
      const auto position = static_cast<std::size_t>(rest.data() - bytes.data());
      return {{}, {position, "an access control entry is damaged"}};
    }
    rest = rest.subspan(ace_size);
  }
  return {AclView(revision, count, header + acl_header_size)};
}

}  // namespace

Parsed<DescriptorView> DescriptorView::parse(std::span<const std::byte> bytes) {
  if (bytes.size() < header_size) return {{}, {bytes.size(), "the descriptor ends in its header"}};
  if (bytes[0] != std::byte{1}) return {{}, {0, "the descriptor has an unknown revision"}};
  DescriptorView view;
  view.resource_manager_control_ = std::to_integer<std::uint8_t>(bytes[1]);
  view.control_ = load_u16(bytes.data() + 2);
  if ((view.control_ & control::self_relative) == 0) {
    return {{}, {2, "the descriptor is not self-relative"}};
  }

  const auto owner = sid_at(bytes, load_u32(bytes.data() + 4));
  if (!owner) return {{}, owner.error};
  view.owner_ = *owner;
  const auto group = sid_at(bytes, load_u32(bytes.data() + 8));
  if (!group) return {{}, group.error};
  view.group_ = *group;

  const auto list = [&](std::uint16_t present, std::size_t offset, AclPresence& presence,
                        AclView& acl) -> ParseError {
    if ((view.control_ & present) == 0) return {};
    if (offset == 0) {
      presence = AclPresence::null;
      return {};
    }
    const auto parsed = acl_at(bytes, offset);
    if (!parsed) return parsed.error;
    presence = AclPresence::present;
    acl = *parsed;
    return {};
  };
  const ParseError in_sacl =
      list(control::sacl_present, load_u32(bytes.data() + 12), view.sacl_presence_, view.sacl_);
  if (!in_sacl.what.empty()) return {{}, in_sacl};
  const ParseError in_dacl =
      list(control::dacl_present, load_u32(bytes.data() + 16), view.dacl_presence_, view.dacl_);
  if (!in_dacl.what.empty()) return {{}, in_dacl};
  return {view};
}

}  // namespace cal::security
