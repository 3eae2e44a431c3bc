#include "probes/directory_permissions/inherited_denials.h"

#include "agent/base/text.h"
#include "probes/directory_permissions/plan_entries.h"

#include <algorithm>

namespace cal::directory_permissions {

namespace {

using security::Ace;
namespace ace_flag = security::ace_flag;

constexpr std::size_t max_ancestors = 16;

bool comes_from_above(const Ace& ace) { return (ace.flags & ace_flag::inherited) != 0; }

}  // namespace

bool inherits_a_denial(const ad::SecuredObject& object) {
  const auto descriptor = descriptor_of(object);
  return descriptor && descriptor->dacl &&
         std::ranges::any_of(descriptor->dacl->aces, [](const Ace& ace) {
           return comes_from_above(ace) &&
                  security::shape_of(ace.type).effect == security::AceEffect::deny;
         });
}

ldap::Result<std::vector<ad::SecuredObject>> read_ancestors(ldap::Session& session,
                                                            const ad::SecuredObject& object,
                                                            const ad::Domain& domain,
                                                            Deadline deadline) {
  std::vector<ad::SecuredObject> ancestors;
  auto dn = object.dn;
  while (ancestors.size() < max_ancestors && folded(dn) != folded(domain.dn)) {
    dn = ad::parent_of(dn);
    if (dn.empty()) break;
    auto ancestor = ad::read_secured_object(session, dn, deadline);
    if (!ancestor) return tl::unexpected(std::move(ancestor.error()));
    if (ancestor->state != ad::SecuredObject::State::readable) break;
    ancestors.push_back(std::move(*ancestor));
  }
  return ancestors;
}

std::optional<Source> source_of(const Ace& inherited,
                                const std::vector<ad::SecuredObject>& ancestors) {
  for (const auto& ancestor : ancestors) {
    const auto descriptor = descriptor_of(ancestor);
    if (!descriptor || !descriptor->dacl) return std::nullopt;
    const auto& aces = descriptor->dacl->aces;
    const auto found = std::ranges::find_if(aces, [&](const Ace& ace) {
      constexpr auto passed_on = ace_flag::container_inherit | ace_flag::object_inherit;
      return !comes_from_above(ace) && (ace.flags & passed_on) != 0 && ace.type == inherited.type &&
             ace.sid == inherited.sid && ace.object_type == inherited.object_type &&
             security::map_generic(ace.mask) == security::map_generic(inherited.mask);
    });
    if (found == aces.end()) continue;
    const auto index = static_cast<std::size_t>(found - aces.begin());
    return Source{&ancestor, *descriptor, index};
  }
  return std::nullopt;
}

}  // namespace cal::directory_permissions
