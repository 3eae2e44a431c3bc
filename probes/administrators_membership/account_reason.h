// What the facts about one account lead to. Pure.
#pragma once

#include "probes/administrators_membership/administrators_membership.h"

namespace cal::administrators_membership {

// Of an account of another domain only what was seen completely is shown.
bool is_unsure(const AccountFacts& facts);

const Reason& reason_of(const AccountFacts& facts);

// Of several accounts, the worst decides: faults, then doubts, then the order of the table.
bool is_worse(const Reason& a, const Reason& b);

}  // namespace cal::administrators_membership
