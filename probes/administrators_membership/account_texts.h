// What is shown about one account: the evidence, the summary, and what to do. Pure.
#pragma once

#include "probes/administrators_membership/administrators_membership.h"

#include <string>

namespace cal::administrators_membership {

// `why` is reason_of(facts).
Evidence evidence_of(const AccountFacts& facts, const Reason& why);
std::string summary_of(const AccountFacts& facts, const Reason& why);
std::string action_of(const AccountFacts& facts, const Reason& why);

}  // namespace cal::administrators_membership
