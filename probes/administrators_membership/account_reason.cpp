#include "probes/administrators_membership/account_reason.h"

#include "probes/administrators_membership/membership_reasons.h"

#include <algorithm>

namespace cal::administrators_membership {

using ad::AccountLookup;
using ad::LogonObstacle;

bool is_unsure(const AccountFacts& facts) {
  const bool is_member = facts.membership && facts.membership->member;
  return !facts.doubt.empty() || (!is_member && !facts.needed.empty());
}

const Reason& reason_of(const AccountFacts& facts) {
  if (facts.fault) {
    return *std::ranges::find(reasons, ldap::reason_of(facts.fault->kind).word, &Reason::word);
  }
  if (!facts.groups_of_that_name.empty()) return reason("group_ambiguous");
  if (!facts.group) return reason("group_not_found");
  const bool is_member = facts.membership && facts.membership->member;
  switch (facts.lookup.result) {
    case AccountLookup::Result::not_found:
      return reason("account_not_found");
    case AccountLookup::Result::unusable_name:
      return reason("name_not_usable");
    case AccountLookup::Result::other_domain:
      if (!is_member || !facts.doubt.empty()) return reason("other_domain");
      if (!facts.required.is_license_server()) return reason("logon_not_seen");
      break;
    case AccountLookup::Result::found:
    case AccountLookup::Result::well_known:
      break;
  }
  switch (facts.obstacle) {
    case LogonObstacle::disabled:
      return reason("account_disabled");
    case LogonObstacle::expired:
      return reason("account_expired");
    case LogonObstacle::locked:
      return reason("account_locked");
    case LogonObstacle::password_expired:
      return reason("password_expired");
    case LogonObstacle::none:
    case LogonObstacle::not_shown:
      break;
  }
  if (is_unsure(facts)) return reason("other_domain");
  const auto& membership = *facts.membership;
  if (!membership.member) {
    return membership.not_seen.empty() ? reason("not_member") : reason("membership_not_seen");
  }
  const bool may_hide_logon = !facts.foreign_domain.empty() && facts.required.is_license_server();
  if (facts.obstacle == LogonObstacle::not_shown && !may_hide_logon) {
    return reason("logon_not_seen");
  }
  if (membership.by_primary_group) return reason("member_primary_group");
  return membership.chain.size() == 2 ? reason("member_direct") : reason("member_nested");
}

bool is_worse(const Reason& a, const Reason& b) {
  const auto rank = [](const Reason& each) {
    return each.verdict == Verdict::present ? 0 : each.verdict == Verdict::unknown ? 1 : 2;
  };
  return rank(a) != rank(b) ? rank(a) < rank(b) : &a < &b;
}

}  // namespace cal::administrators_membership
