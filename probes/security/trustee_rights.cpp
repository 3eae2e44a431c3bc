#include "probes/security/trustee_rights.h"

#include "probes/security/describe.h"
#include "probes/security/sddl.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

namespace cal::security {

namespace {

AccessResult check(const SecuredSubject& subject, const Trustee& trustee, AccessMask mask,
                   const std::optional<Guid>& object_type) {
  std::vector<Guid> chain;
  if (subject.class_guid) chain.push_back(*subject.class_guid);
  if (object_type && subject.class_guid != object_type) chain.push_back(*object_type);
  const auto tree = ObjectTree::chain(chain);
  return access_check(subject.view,
                      {.token = trustee.token, .desired = mask, .tree = tree ? &*tree : nullptr});
}

std::vector<DeniedProperty> denied_properties(const SecuredSubject& subject,
                                              const Trustee& trustee) {
  std::set<Guid> named;
  for (const auto& ace : subject.descriptor.dacl.value_or(Acl{}).aces) {
    if (ace.object_type && shape_of(ace.type).effect == AceEffect::deny) {
      named.insert(*ace.object_type);
    }
  }
  std::vector<DeniedProperty> denied;
  for (const auto& type : named) {
    const auto result = check(subject, trustee, right::write_property, type);
    if (result.decision == Decision::denied) denied.push_back({type, result});
  }
  return denied;
}

}  // namespace

TrusteeRights rights_of(const SecuredSubject& subject, const Trustee& trustee) {
  const auto read = trustee.object_type
                        ? right::read_property
                        : right::read_control | right::list_contents | right::read_property;
  TrusteeRights rights{check(subject, trustee, read, trustee.object_type),
                       check(subject, trustee, right::write_property, trustee.object_type),
                       check(subject, trustee, right::create_child, std::nullopt),
                       {}};
  if (rights.write.decision == Decision::granted && !trustee.object_type) {
    rights.denied_properties = denied_properties(subject, trustee);
  }
  return rights;
}

std::string entry_text(const SecuredSubject& subject, std::size_t index) {
  const auto& ace = subject.descriptor.dacl->aces.at(index);
  return fmt::format("{} {}", format_sddl(ace, subject.domain), describe(ace));
}

std::string because_text(const SecuredSubject& subject, const AccessResult& result) {
  std::vector<std::string> entries;
  for (const auto index : result.aces) {
    entries.push_back(fmt::format("entry {}: {}", index, entry_text(subject, index)));
  }
  switch (result.because) {
    case Because::owner:
      return "it owns the object";
    case Because::no_dacl:
      return "the object has no access list, so everyone has full access";
    case Because::nothing_asked:
      return "no right was requested";
    case Because::empty_dacl:
      return "the access list is empty";
    case Because::needs_privilege:
      return "only a privilege can grant it";
    case Because::nothing_grants:
      return fmt::format("no entry grants {}", describe_rights(result.missing));
    case Because::deny:
    case Because::aces:
    case Because::owner_and_aces:
    case Because::unknown_aces:
      break;
  }
  return fmt::format("{}", fmt::join(entries, "; "));
}

}  // namespace cal::security
