// What has to change in an object's access list until every trustee is granted what it needs. Pure.
#pragma once

#include "probes/directory_permissions/directory_permissions.h"
#include "probes/security/descriptor.h"

#include <functional>
#include <optional>
#include <vector>

namespace cal::directory_permissions {

using EntryFor = std::function<security::Ace(const Trustee&)>;

// The entry that lets a trustee read and write, and nothing more.
security::Ace least_entry(const Trustee& trustee);

// The entry that a new object of the class has for the trustee; the least one, if it has none.
// `usual`: the default of the class.
security::Ace usual_entry(const security::Descriptor& usual, const Trustee& trustee);

struct Changes {
  security::Descriptor after;         // with the object's own entries changed
  security::Descriptor wholly_after;  // and without the inherited ones that deny
  std::vector<security::Ace> removed = {};
  std::vector<security::Ace> added = {};
  std::vector<security::Ace> inherited = {};  // to be removed where they come from
};

// `entry_for`: the entry that is added where none grants. Empty if the list cannot be evaluated, or
// no list would help.
std::optional<Changes> changes_for(const security::Descriptor& before, const Facts& facts,
                                   const Settings& settings,
                                   const EntryFor& entry_for = least_entry);

}  // namespace cal::directory_permissions
