// Judges one object: its owner, and what each trustee can do. Pure.
#pragma once

#include "probes/directory_permissions/directory_permissions.h"

namespace cal::directory_permissions {

Outcome judge_object(const Facts& facts, const Settings& settings);

}  // namespace cal::directory_permissions
