#include "probes/security/descriptor.h"

#include "tests/catch.h"

#include <string>

using namespace cal::security;

namespace {

std::span<const std::byte> bytes_of(const std::string& bytes) {
  return std::as_bytes(std::span(bytes));
}

const Guid a_guid = Guid::parse_text("5805bc62-bdc9-4428-a5e2-856a0f4c185e").value();

Descriptor sample() {
  Descriptor descriptor;
  descriptor.control = control::self_relative | control::dacl_present | control::sacl_present;
  descriptor.owner = well_known::administrators;
  descriptor.group = well_known::local_system;
  descriptor.dacl = Acl{.aces = {
                            {.type = ace_type::access_allowed,
                             .mask = 0x20094,
                             .sid = well_known::authenticated_users},
                            {.type = ace_type::denied_object,
                             .flags = ace_flag::inherited,
                             .mask = 0x30,
                             .object_type = a_guid,
                             .sid = well_known::everyone},
                            {.type = ace_type::allowed_object,
                             .mask = 0x30,
                             .object_type = a_guid,
                             .inherited_object_type = Guid{},
                             .sid = well_known::local_system},
                            {.type = ace_type::allowed_callback,
                             .mask = 1,
                             .sid = well_known::everyone,
                             .data = "artx...."},
                            {.type = 0x15, .flags = ace_flag::inherit_only, .data = "opaque bytes"},
                            {.type = 0xff},
                        }};
  descriptor.sacl = Acl{.aces = {{.type = ace_type::system_audit,
                                  .flags = ace_flag::audit_failure,
                                  .mask = 0x10000,
                                  .sid = well_known::everyone}}};
  return descriptor;
}

// A descriptor built part by part, for layouts that `octets` does not write.
std::string header(std::uint16_t control, std::size_t owner, std::size_t group, std::size_t sacl,
                   std::size_t dacl) {
  std::string bytes("\1\0", 2);
  append_u16(bytes, control);
  for (const std::size_t offset : {owner, group, sacl, dacl}) append_u32(bytes, offset);
  return bytes;
}

std::string acl(std::uint8_t revision, std::size_t size, std::size_t count,
                const std::string& aces) {
  std::string bytes{static_cast<char>(revision), '\0'};
  append_u16(bytes, size);
  append_u16(bytes, count);
  append_u16(bytes, 0);
  return bytes + aces;
}

std::string ace(std::uint8_t type, std::size_t size, const std::string& body) {
  std::string bytes{static_cast<char>(type), '\0'};
  append_u16(bytes, size);
  return bytes + body;
}

const std::string full_control("\xff\x01\x0f\x00", 4);
constexpr std::uint16_t with_dacl = control::self_relative | control::dacl_present;

std::string with_aces(std::size_t count, const std::string& aces) {
  return header(with_dacl, 0, 0, 0, 20) + acl(4, aces.size() + 8, count, aces);
}

std::string_view refusal(const std::string& bytes) {
  const auto parsed = DescriptorView::parse(bytes_of(bytes));
  return parsed ? "accepted" : parsed.error.what;
}

}  // namespace

TEST_CASE("a descriptor keeps all its parts through its bytes", "[descriptor]") {
  const Descriptor descriptor = sample();
  const auto bytes = octets(descriptor);
  REQUIRE(bytes);
  const auto again = parse_descriptor(bytes_of(*bytes));
  REQUIRE(again);
  CHECK(*again == descriptor);
  CHECK(octets(*again) == bytes);
}

TEST_CASE("the parts of a descriptor may come in any order and may be shared", "[descriptor]") {
  // MS-DTYP 2.4.6: targets of the offsets are in no particular order. Windows writes lists first.
  const std::string system = well_known::local_system.octets();
  const std::string list = acl(2, 28, 1, ace(0, 20, full_control + system));
  const auto parsed = parse_descriptor(bytes_of(header(with_dacl, 48, 48, 0, 20) + list + system));
  REQUIRE(parsed);
  CHECK(parsed->owner == well_known::local_system);
  CHECK(parsed->group == well_known::local_system);
  REQUIRE(parsed->dacl);
  REQUIRE(parsed->dacl->aces.size() == 1);
  CHECK(parsed->dacl->aces[0].mask == right::full_control);
  CHECK(parsed->dacl->aces[0].sid == well_known::local_system);
}

TEST_CASE("an absent list differs from a NULL list and from an empty one", "[descriptor]") {
  const auto presence = [](const std::string& bytes) {
    return DescriptorView::parse(bytes_of(bytes))->dacl_presence();
  };
  const std::string empty = acl(2, 8, 0, "");
  CHECK(presence(header(control::self_relative, 0, 0, 0, 0)) == AclPresence::absent);
  CHECK(presence(header(control::self_relative, 0, 0, 0, 20) + empty) == AclPresence::absent);
  CHECK(presence(header(with_dacl, 0, 0, 0, 0)) == AclPresence::null);
  CHECK(presence(header(with_dacl, 0, 0, 0, 20) + empty) == AclPresence::present);
}

TEST_CASE("bytes after the fields of an entry are ignored", "[descriptor]") {
  // MS-DTYP 2.4.4.1: an ACE may be longer than its fields.
  const std::string system = well_known::local_system.octets();
  const std::string surplus = ace(0, 28, full_control + system + "surplus!");
  const auto parsed = parse_descriptor(bytes_of(with_aces(2, surplus + surplus)));
  REQUIRE(parsed);
  REQUIRE(parsed->dacl->aces.size() == 2);
  CHECK(parsed->dacl->aces[1].sid == well_known::local_system);
  CHECK(parsed->dacl->aces[1].data.empty());
}

TEST_CASE("a descriptor that is cut short anywhere is refused", "[descriptor]") {
  const std::string whole = octets(sample()).value();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(DescriptorView::parse(bytes_of(whole.substr(0, length))));
  }
}

TEST_CASE("no change of one byte makes the parser read outside or throw", "[descriptor]") {
  const std::string whole = octets(sample()).value();
  std::size_t accepted = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const char value : {'\x00', '\x01', '\x7f', '\x80', '\xff'}) {
      std::string changed = whole;
      changed[i] = value;
      const auto parsed = parse_descriptor(bytes_of(changed));
      if (!parsed) continue;
      ++accepted;
      CHECK(octets(*parsed).has_value());
    }
  }
  CHECK(accepted > 0);
}

TEST_CASE("a damaged descriptor is refused with the reason", "[descriptor]") {
  const std::string system = well_known::local_system.octets();
  const std::string good = full_control + system;
  struct Row {
    std::string bytes;
    std::string_view reason;
  };
  const Row rows[] = {
      {"", "the descriptor ends in its header"},
      {std::string("\2\0", 2) + header(with_dacl, 0, 0, 0, 0).substr(2),
       "the descriptor has an unknown revision"},
      {header(control::dacl_present, 0, 0, 0, 0), "the descriptor is not self-relative"},
      {header(with_dacl, 19, 0, 0, 0), "the owner or group is outside the descriptor"},
      {header(with_dacl, 21, 0, 0, 0), "the owner or group is outside the descriptor"},
      {header(with_dacl, 0xffffffff, 0, 0, 0), "the owner or group is outside the descriptor"},
      {header(with_dacl, 20, 0, 0, 0), "the owner or group is not a whole SID"},
      {header(with_dacl, 0, 20, 0, 0) + "\1\x10" + std::string(80, '\0'),
       "the owner or group is not a whole SID"},
      {header(with_dacl, 0, 0, 0, 4), "the access control list is outside the descriptor"},
      {header(with_dacl, 0, 0, 0, 20) + "\4", "the access control list is outside the descriptor"},
      {header(with_dacl, 0, 0, 0, 0xfffffff0), "the access control list is outside the descriptor"},
      {header(with_dacl, 0, 0, 0, 20) + acl(1, 8, 0, ""),
       "the access control list has an unknown revision"},
      {header(with_dacl, 0, 0, 0, 20) + acl(2, 7, 0, ""),
       "the access control list is longer than the descriptor"},
      {header(with_dacl, 0, 0, 0, 20) + acl(2, 9, 0, ""),
       "the access control list is longer than the descriptor"},
      {header(with_dacl, 0, 0, 0, 20) + acl(2, 8, 0xffff, ""),
       "an access control entry is damaged"},
      {with_aces(1, ace(0, 0, good)), "an access control entry is damaged"},
      {with_aces(1, ace(0, 16, good)), "an access control entry is damaged"},
      {with_aces(1, ace(0, 24, good)), "an access control entry is damaged"},
      {with_aces(1, ace(0, 22, good + "ab")), "an access control entry is damaged"},
      {with_aces(2, ace(0, 20, good)), "an access control entry is damaged"},
      {with_aces(1, ace(5, 20, good)), "an access control entry is damaged"},
      {with_aces(1, ace(5, 28, full_control + std::string("\3\0\0\0", 4) + std::string(16, 'g'))),
       "an access control entry is damaged"},
      {with_aces(1, ace(0x15, 3, "")), "an access control entry is damaged"},
  };
  for (const auto& row : rows) CHECK(refusal(row.bytes) == row.reason);
}

TEST_CASE("a list with thousands of entries is read completely", "[descriptor]") {
  const std::string small = ace(0xf0, 12, "unknown!");
  const std::string everyone = ace(0, 20, full_control + well_known::everyone.octets());
  std::string aces;
  for (int i = 0; i < 5000; ++i) aces += small;
  aces += everyone;
  const std::string bytes = with_aces(5001, aces);
  const auto view = DescriptorView::parse(bytes_of(bytes));
  REQUIRE(view);
  std::size_t count = 0;
  for (const AceView entry : view->dacl()) {
    if (++count == 5001) CHECK(well_known::everyone.is(entry.sid()));
  }
  CHECK(count == 5001);
}

TEST_CASE("a list too long for its 16-bit size has no binary form", "[descriptor]") {
  Descriptor descriptor;
  descriptor.control |= control::dacl_present;
  descriptor.dacl = Acl{};
  descriptor.dacl->aces.assign(3276, {.mask = 1, .sid = well_known::everyone});
  CHECK(octets(descriptor));
  descriptor.dacl->aces.push_back({.mask = 1, .sid = well_known::everyone});
  CHECK_FALSE(octets(descriptor));
  descriptor.dacl->aces = {{.type = 0x15, .data = std::string(70000, 'x')}};
  CHECK_FALSE(octets(descriptor));
}
