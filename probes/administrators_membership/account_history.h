// Since when an account is not a member of its group, or cannot log on: what replication metadata
// show of it.
#pragma once

#include "probes/administrators_membership/administrators_membership.h"

#include <optional>
#include <vector>

namespace cal::administrators_membership {

// For accounts with a fault. Costs nothing for others.
void read_histories(ldap::Session& session, Facts& facts, Deadline deadline);

// Pure. For people; empty for an account without a fault.
std::vector<Evidence> history_evidence(const AccountFacts& account);

// Pure. When what leads to the group was left last; empty: it is not known.
std::optional<SystemTime> left_at(const AccountFacts& account);

// Pure. How a person finds out who made the newest change of each account.
std::vector<RepairStep> who_steps(const Facts& facts);

}  // namespace cal::administrators_membership
