#include "probes/directory_permissions/entry_changes.h"

#include "probes/directory_permissions/plan_entries.h"
#include "probes/security/trustee_rights.h"

#include <algorithm>
#include <span>

namespace cal::directory_permissions {

namespace {

using security::AccessResult;
using security::Ace;
using security::Decision;
using security::Descriptor;

bool is_from_above(const Ace& ace) { return (ace.flags & security::ace_flag::inherited) != 0; }

std::optional<security::TrusteeRights> rights_in(const Descriptor& descriptor, const Facts& facts,
                                                 const Trustee& trustee) {
  const auto bytes = security::octets(descriptor);
  if (!bytes) return std::nullopt;
  const auto view = security::DescriptorView::parse(std::as_bytes(std::span(*bytes)));
  if (!view) return std::nullopt;
  return security::rights_of({*view, descriptor, facts.object_class.guid, facts.domain.sid},
                             trustee);
}

std::vector<const AccessResult*> denials_of(const security::TrusteeRights& rights) {
  std::vector<const AccessResult*> denials;
  for (const auto* result : {&rights.read, &rights.write}) {
    if (result->decision == Decision::denied) denials.push_back(result);
  }
  for (const auto& [type, result] : rights.denied_properties) denials.push_back(&result);
  return denials;
}

// Removes the entry that denies, or adds one that allows. Whether something changed.
bool mend(Changes& changes, const Trustee& trustee, const AccessResult& denial,
          const EntryFor& entry_for) {
  auto& aces = changes.wholly_after.dacl->aces;
  if (denial.because != security::Because::deny) {
    const auto ace = entry_for(trustee);
    if (std::ranges::find(changes.added, ace) != changes.added.end()) return false;
    changes.added.push_back(ace);
    insert_own({ace}, changes.after.dacl->aces);
    insert_own({ace}, aces);
    return true;
  }
  const auto index = *denial.aces.begin();
  const auto ace = aces.at(index);
  aces.erase(aces.begin() + index);
  if (is_from_above(ace)) {
    changes.inherited.push_back(ace);
  } else {
    changes.removed.push_back(ace);
    auto& own = changes.after.dacl->aces;
    own.erase(std::ranges::find(own, ace));
  }
  return true;
}

}  // namespace

Ace least_entry(const Trustee& trustee) {
  namespace right = security::right;
  Ace ace;
  ace.sid = trustee.token.front();
  ace.mask = right::read_property | right::write_property;
  if (trustee.object_type) {
    ace.type = security::ace_type::allowed_object;
    ace.object_type = trustee.object_type;
  } else {
    ace.mask |= right::list_contents | right::read_control;
  }
  return ace;
}

Ace usual_entry(const Descriptor& usual, const Trustee& trustee) {
  const auto least = least_entry(trustee);
  const auto& aces = usual.dacl->aces;
  const auto found = std::ranges::find_if(aces, [&](const Ace& ace) {
    return ace.type == security::ace_type::access_allowed && ace.sid == least.sid &&
           (ace.flags & security::ace_flag::inherit_only) == 0 &&
           (ace.mask & least.mask) == least.mask;
  });
  return found == aces.end() || trustee.object_type ? least : *found;
}

std::optional<Changes> changes_for(const Descriptor& before, const Facts& facts,
                                   const Settings& settings, const EntryFor& entry_for) {
  constexpr int max_changes = 64;
  Changes changes{before, before};
  if (!before.dacl) return changes;  // nothing protects the object, so nothing is denied
  for (const auto& trustee : settings.trustees) {
    for (int i = 0;; ++i) {
      const auto rights = rights_in(changes.wholly_after, facts, trustee);
      if (!rights || i == max_changes) return std::nullopt;
      const auto denials = denials_of(*rights);
      if (denials.empty()) break;
      if (!mend(changes, trustee, *denials.front(), entry_for)) return std::nullopt;
    }
  }
  return changes;
}

}  // namespace cal::directory_permissions
