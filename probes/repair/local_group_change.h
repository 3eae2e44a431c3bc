// A new member of the Administrators of one computer, which are its own unless it is a domain
// controller. Everything is named by its SID. Pure.
#pragma once

#include "probes/repair/account_change.h"

#include <vector>

namespace cal::repair {

// For the computer itself. `groups` of the domain, through which the account may be an
// administrator there already. Without `text`, `beside` and the prediction.
RepairStep add_local_administrator(const AccountPlace& place,
                                   const std::vector<security::Sid>& groups);

}  // namespace cal::repair
