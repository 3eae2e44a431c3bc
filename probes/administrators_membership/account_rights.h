// For the self-test: can the agent's account see what the probe needs of one account?
#pragma once

#include "agent/contract/probe.h"
#include "probes/ad/account.h"
#include "probes/shared/directory_rights.h"

#include <string>
#include <vector>

namespace cal::administrators_membership {

// `name`: as configured. Empty for an account of another domain.
std::vector<Right> rights_to(const std::string& name, const ad::AccountLookup& found,
                             const BoundAccount& self);

}  // namespace cal::administrators_membership
