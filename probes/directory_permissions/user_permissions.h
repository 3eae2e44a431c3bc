// Judges users: can each trustee write licenses on all users of the sample, and if not, which entry
// is missing or denies it, and where the missing entry would have come from. Pure.
#pragma once

#include "probes/directory_permissions/directory_permissions.h"

namespace cal::directory_permissions {

// `facts.users` must have a value.
Outcome judge_users(const Facts& facts, const Settings& settings);

}  // namespace cal::directory_permissions
