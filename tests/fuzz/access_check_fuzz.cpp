// The access check, for any descriptor. The input: four bytes of the mask, one that selects the
// token from a pool, one that selects the object types and PRINCIPAL SELF, then the descriptor.
#include "probes/security/access_check.h"
#include "tests/fuzz/property.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace cal::security;
using cal::fuzz::require;

namespace {

const std::array<Sid, 8> pool = {well_known::everyone,           well_known::authenticated_users,
                                 well_known::local_system,       well_known::administrators,
                                 well_known::owner_rights,       well_known::principal_self,
                                 Sid::of(5, {21, 1, 2, 3, 512}), Sid::of(5, {21, 1, 2, 3, 1102})};

// GUIDs whose wire bytes are all the same, so that a fuzzer finds them.
Guid guid_of(unsigned char byte) {
  std::array<std::byte, Guid::size> wire;
  wire.fill(std::byte{byte});
  return Guid(wire);
}

std::optional<ObjectTree> tree_of(unsigned shape) {
  const ObjectType types[] = {{0, guid_of('0')},
                              {1, guid_of('1')},
                              {2, guid_of('2')},
                              {2, guid_of('3')},
                              {1, guid_of('4')}};
  const unsigned count = shape % 6;
  return count == 0 ? std::nullopt : ObjectTree::make(std::span(types, count), shape / 6 % count);
}

struct Case {
  std::vector<Sid> token;
  std::optional<ObjectTree> tree;
  const Sid* self = nullptr;

  AccessResult check(const DescriptorView& view, AccessMask mask) const {
    return access_check(
        view, {.token = token, .desired = mask, .tree = tree ? &*tree : nullptr, .self = self});
  }
};

void check_bits(const Case& question, const DescriptorView& view, AccessMask mask,
                Decision decision) {
  for (AccessMask bit = 1; bit != 0; bit <<= 1) {
    if ((mask & bit) == 0) continue;
    const Decision one = question.check(view, bit).decision;
    if (decision == Decision::granted) {
      require(one == Decision::granted, "each granted right is granted alone");
    }
    if (one == Decision::denied) {
      require(decision == Decision::denied, "a denied right denies the whole mask");
    }
  }
}

// Positions of the type bytes of all conditional entries; empty if there are more than can be
// tried, or entries whose effect no other type has.
std::vector<std::size_t> conditional_types(const DescriptorView& view, const std::byte* start) {
  std::vector<std::size_t> positions;
  for (auto at = view.dacl().begin(); at != view.dacl().end(); ++at) {
    const AceShape shape = shape_of((*at).type());
    if (shape.effect == AceEffect::unknown) return {};
    if (!shape.callback || shape.effect == AceEffect::none) continue;
    positions.push_back(static_cast<std::size_t>((*at).body().data() - 4 - start));
    if (positions.size() > 6) return {};
  }
  return positions;
}

// The same entry with its condition met (`met`), or not: an audit entry of the same layout.
std::byte resolved(std::byte type, bool met) {
  switch (std::to_integer<std::uint8_t>(type)) {
    case ace_type::allowed_callback:
      return std::byte{met ? ace_type::access_allowed : ace_type::system_audit};
    case ace_type::denied_callback:
      return std::byte{met ? ace_type::access_denied : ace_type::system_audit};
    case ace_type::allowed_callback_object:
      return std::byte{met ? ace_type::allowed_object : ace_type::audit_object};
    case ace_type::denied_callback_object:
      return std::byte{met ? ace_type::denied_object : ace_type::audit_object};
    default:
      return type;
  }
}

// A conditional entry for OWNER RIGHTS removes the owner's implied rights and grants others; the
// check does not combine the two (README.md), so its answer may be unknown too
// often.
bool weighs_owner_rights(const DescriptorView& view) {
  for (const AceView ace : view.dacl()) {
    if (shape_of(ace.type()).callback && well_known::owner_rights.is(ace.sid())) return true;
  }
  return false;
}

// Tries all outcomes of the conditions: a definite decision holds for all of them, and for an
// unknown one they differ.
void check_conditions(const Case& question, std::span<const std::byte> bytes,
                      const DescriptorView& view, AccessMask mask, Decision decision) {
  const auto positions = conditional_types(view, bytes.data());
  if (positions.empty()) return;
  bool granted = false;
  bool denied = false;
  for (unsigned outcome = 0; outcome < 1U << positions.size(); ++outcome) {
    std::vector<std::byte> copy(bytes.begin(), bytes.end());
    for (std::size_t i = 0; i < positions.size(); ++i) {
      copy[positions[i]] = resolved(copy[positions[i]], (outcome >> i & 1) != 0);
    }
    const auto plain = DescriptorView::parse(copy);
    // Parts may overlap, and then more than the condition was changed.
    if (!plain || !std::ranges::equal(plain->owner(), view.owner())) return;
    const Decision one = question.check(*plain, mask).decision;
    (one == Decision::granted ? granted : denied) = true;
  }
  if (decision == Decision::granted) require(!denied, "granted for all outcomes of the conditions");
  if (decision == Decision::denied) require(!granted, "denied for all outcomes of the conditions");
  if (decision == Decision::unknown && !weighs_owner_rights(view)) {
    require(granted && denied, "unknown only if the conditions make a difference");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t front = 6;
  if (size < front) return 0;
  const auto bytes = std::as_bytes(std::span(data, size)).subspan(front);
  const auto view = DescriptorView::parse(bytes);
  if (!view) return 0;

  const AccessMask mask = load_u32(std::as_bytes(std::span(data, size)).data());
  Case question{.token = {}, .tree = tree_of(data[5] & 0x7fU)};
  for (std::size_t i = 0; i < pool.size(); ++i) {
    if (data[4] >> i & 1) question.token.push_back(pool[i]);
  }
  if (data[5] & 0x80U) question.self = &pool.back();

  const AccessResult result = question.check(*view, mask);
  require((result.decision == Decision::granted) == (result.missing == 0),
          "what is granted misses nothing, and nothing else does");
  require((result.missing & ~map_generic(mask)) == 0, "only requested rights are missing");
  for (const std::size_t index : result.aces) {
    require(index < view->dacl().size(), "the deciding entries are in the list");
  }
  check_bits(question, *view, map_generic(mask), result.decision);
  check_conditions(question, bytes, *view, mask, result.decision);
  return 0;
}
