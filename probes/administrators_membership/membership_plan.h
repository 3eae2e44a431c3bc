// The ways in which an account that is not a member of its group can become one, the one with the
// fewest rights first. Pure.
#pragma once

#include "probes/administrators_membership/administrators_membership.h"

#include <optional>
#include <string>
#include <vector>

namespace cal::administrators_membership {

struct NewMembership {
  std::optional<RepairStep> step;  // empty: it cannot be in a command
  std::string text;
  std::vector<std::string> beside;
  // What a walk through the groups with this change finds; empty: the directory does not show it.
  std::optional<ad::Membership> after = {};
};

// "the licensing server", with its name if the configuration gives it.
std::string licensing_server_text(const Facts& facts);

// Whether the directory shows that the account is not a member.
bool is_outside(const AccountFacts& account);

// Whether the group gives rights on the licensing server. The domain's Administrators do only on
// domain controllers, so not unless it is known to be one.
bool counts_where_packs_are_installed(const Facts& facts, const AccountFacts& account);

// For an account of this domain that is outside.
std::vector<NewMembership> new_memberships(const Facts& facts, const AccountFacts& account);

}  // namespace cal::administrators_membership
