// Judges users: can each trustee write licenses on all users of the sample, and if not, which entry
// is missing or denies it, and where the missing entry would have come from. Pure.
#pragma once

#include "probes/directory_permissions/directory_permissions.h"

namespace cal::directory_permissions {

// What the first user of these that cannot be written on lacks, for one trustee.
enum class UserLack { none, entry, denied };
UserLack lack_of(const Facts& facts, const std::vector<ad::SampledUser>& users,
                 const Trustee& trustee);

// `facts.users` must have a value.
Outcome judge_users(const Facts& facts, const Settings& settings);

}  // namespace cal::directory_permissions
