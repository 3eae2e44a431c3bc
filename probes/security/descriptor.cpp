#include "probes/security/descriptor.h"

namespace cal::security {

namespace {

std::string characters(std::span<const std::byte> bytes) {
  std::string text(bytes.size(), '\0');
  if (!bytes.empty()) std::memcpy(text.data(), bytes.data(), bytes.size());
  return text;
}

std::string characters(const Guid& guid) { return characters(guid.wire()); }

std::optional<Guid> guid_at(const std::byte* wire) {
  if (wire == nullptr) return std::nullopt;
  return Guid(std::span<const std::byte, Guid::size>(wire, Guid::size));
}

Acl to_acl(const AclView& view) {
  Acl acl{.revision = view.revision()};
  acl.aces.reserve(view.size());
  for (const AceView ace : view) acl.aces.push_back(to_ace(ace));
  return acl;
}

std::string body_of(const Ace& ace) {
  const AceShape shape = shape_of(ace.type);
  if (shape.effect == AceEffect::unknown) return ace.data;
  std::string body;
  append_u32(body, ace.mask);
  if (shape.object) {
    append_u32(body, (ace.object_type ? AceView::object_type_present : 0U) |
                         (ace.inherited_object_type ? AceView::inherited_object_type_present : 0U));
    if (ace.object_type) body += characters(*ace.object_type);
    if (ace.inherited_object_type) body += characters(*ace.inherited_object_type);
  }
  body += ace.sid.octets();
  body += ace.data;
  return body;
}

std::optional<std::string> octets_of(const Ace& ace) {
  std::string body = body_of(ace);
  body.resize((body.size() + 3) / 4 * 4, '\0');
  if (body.size() + 4 > UINT16_MAX) return std::nullopt;
  std::string bytes{static_cast<char>(ace.type), static_cast<char>(ace.flags)};
  append_u16(bytes, body.size() + 4);
  return bytes + body;
}

std::optional<std::string> octets_of(const Acl& acl) {
  std::string aces;
  for (const Ace& ace : acl.aces) {
    const auto bytes = octets_of(ace);
    if (!bytes || aces.size() + bytes->size() + 8 > UINT16_MAX) return std::nullopt;
    aces += *bytes;
  }
  std::string bytes{static_cast<char>(acl.revision), '\0'};
  append_u16(bytes, aces.size() + 8);
  append_u16(bytes, acl.aces.size());
  append_u16(bytes, 0);
  return bytes + aces;
}

}  // namespace

Ace to_ace(const AceView& view) {
  Ace ace{.type = view.type(), .flags = view.flags()};
  const AceShape shape = shape_of(ace.type);
  if (shape.effect == AceEffect::unknown) {
    ace.data = characters(view.body());
    return ace;
  }
  ace.mask = view.mask();
  ace.object_type = guid_at(view.object_type());
  ace.inherited_object_type = guid_at(view.inherited_object_type());
  ace.sid = Sid::parse(view.sid()).value_or(Sid{});  // the view has checked it
  if (shape.data) ace.data = characters(view.tail());
  return ace;
}

Descriptor to_descriptor(const DescriptorView& view) {
  Descriptor descriptor{.control = view.control(),
                        .resource_manager_control = view.resource_manager_control(),
                        .owner = Sid::parse(view.owner()),
                        .group = Sid::parse(view.group())};
  if (view.dacl_presence() == AclPresence::present) descriptor.dacl = to_acl(view.dacl());
  if (view.sacl_presence() == AclPresence::present) descriptor.sacl = to_acl(view.sacl());
  return descriptor;
}

Parsed<Descriptor> parse_descriptor(std::span<const std::byte> bytes) {
  const auto view = DescriptorView::parse(bytes);
  if (!view) return {{}, view.error};
  return {to_descriptor(*view)};
}

std::optional<std::string> octets(const Descriptor& descriptor) {
  std::string parts;
  std::string offsets;
  const auto add = [&](const std::string& part) {
    append_u32(offsets, part.empty() ? 0 : 20 + parts.size());
    parts += part;
  };
  add(descriptor.owner ? descriptor.owner->octets() : "");
  add(descriptor.group ? descriptor.group->octets() : "");
  for (const auto* acl : {&descriptor.sacl, &descriptor.dacl}) {
    std::string part;
    if (*acl) {
      auto bytes = octets_of(**acl);
      if (!bytes) return std::nullopt;
      part = std::move(*bytes);
    }
    add(part);
  }
  std::string bytes{'\1', static_cast<char>(descriptor.resource_manager_control)};
  append_u16(bytes, descriptor.control);
  return bytes + offsets + parts;
}

}  // namespace cal::security
