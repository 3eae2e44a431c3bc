// What directory_permissions says of users: may each trustee write licences on all that were looked
// at, and if not, which entry is missing or in the way, and where it would have come from. Pure.
#pragma once

#include "probes/directory_permissions/directory_permissions.h"

namespace cal::directory_permissions {

// `facts.users` is there.
Outcome judge_users(const Facts& facts, const Settings& settings);

}  // namespace cal::directory_permissions
