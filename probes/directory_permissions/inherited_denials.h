// Entries that deny something and come from a container above the object: where they are set.
#pragma once

#include "probes/ad/secured_object.h"
#include "probes/security/descriptor.h"

#include <vector>

namespace cal::directory_permissions {

bool inherits_a_denial(const ad::SecuredObject& object);

// From the parent to the domain's head, or to the first one that cannot be seen.
ldap::Result<std::vector<ad::SecuredObject>> read_ancestors(ldap::Session& session,
                                                            const ad::SecuredObject& object,
                                                            const ad::Domain& domain,
                                                            Deadline deadline);

// The nearest of them that has the entry for itself, with its descriptor and the entry's position.
struct Source {
  const ad::SecuredObject* object;
  security::Descriptor descriptor;
  std::size_t index;
};
std::optional<Source> source_of(const security::Ace& inherited,
                                const std::vector<ad::SecuredObject>& ancestors);

}  // namespace cal::directory_permissions
