#include "probes/directory_permissions/class_default.h"

#include "probes/security/sddl.h"

#include <algorithm>

namespace cal::directory_permissions {

std::optional<security::Descriptor> class_default(const Facts& facts) {
  const auto usual = security::parse_sddl(facts.object_class.default_descriptor, facts.domain.sid);
  if (!usual || !usual->dacl) return std::nullopt;
  return *usual;
}

ClassDifference difference_from(const security::Descriptor& usual,
                                const security::Descriptor& descriptor) {
  const auto& wanted = usual.dacl->aces;
  const auto& have = descriptor.dacl->aces;
  ClassDifference difference;
  for (const auto& ace : wanted) {
    if (std::ranges::find(have, ace) == have.end()) difference.missing.push_back(ace);
  }
  for (const auto& ace : have) {
    const bool inherited = (ace.flags & security::ace_flag::inherited) != 0;
    if (!inherited && std::ranges::find(wanted, ace) == wanted.end()) {
      difference.added.push_back(ace);
    }
  }
  return difference;
}

}  // namespace cal::directory_permissions
