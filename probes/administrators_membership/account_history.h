// Since when an account is not a member of its group, or cannot log on: what replication metadata
// show of it.
#pragma once

#include "probes/administrators_membership/administrators_membership.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cal::administrators_membership {

// For accounts with a fault. Costs nothing for others.
void read_histories(ldap::Session& session, Facts& facts, Deadline deadline);

// Pure. The attribute that keeps an account from logging on; empty: none does.
std::string_view attribute_of(ad::LogonObstacle obstacle);

// Pure. The group of the account and those that lead to it, as far as their histories are read.
std::vector<std::string> groups_to_look_at(const AccountFacts& facts);

// Pure. The account and the groups that it is a member of, directly or not: DNs in lower case.
std::set<std::string> account_with_groups(const AccountFacts& facts);

// Pure. "EBS\licadmin left Administrators on 2026-11-24 09:12:07 UTC, written on DC2"
std::string departure_text(const AccountFacts& facts, const replication::Departure& departure);

// Pure. For people; empty for an account without a fault.
std::vector<Evidence> history_evidence(const AccountFacts& account);

// Pure. When the account lost its way to the group, the newest time; empty: it is not known.
std::optional<SystemTime> left_at(const AccountFacts& account);

// Pure. How a person finds out who made the newest change of each account.
std::vector<WhoQuery> who_queries(const Facts& facts);

}  // namespace cal::administrators_membership
