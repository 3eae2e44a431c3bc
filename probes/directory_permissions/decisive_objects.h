// The objects whose permissions decide what was found, and which have to be repaired: who changed
// these last is the question. Pure.
#pragma once

#include "probes/directory_permissions/directory_permissions.h"

#include <string>
#include <vector>

namespace cal::directory_permissions {

struct DecisiveObject {
  std::string dn;
  std::string why;  // it is one, for the middle of a sentence
};

// If nothing is denied: none.
std::vector<DecisiveObject> decisive_objects(const Facts& facts, const Settings& settings);

}  // namespace cal::directory_permissions
