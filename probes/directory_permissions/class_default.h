// The permissions that the directory's schema gives a new object of the same class. Pure.
#pragma once

#include "probes/directory_permissions/directory_permissions.h"
#include "probes/security/descriptor.h"

#include <optional>
#include <vector>

namespace cal::directory_permissions {

// Empty if the class is not known, or has no list.
std::optional<security::Descriptor> class_default(const Facts& facts);

struct ClassDifference {
  std::vector<security::Ace> missing = {};
  std::vector<security::Ace> added = {};  // without those that are inherited
};

// Both have a list. `usual`: the default of the class.
ClassDifference difference_from(const security::Descriptor& usual,
                                const security::Descriptor& descriptor);

}  // namespace cal::directory_permissions
