// Whether an account is a member of a group, directly or through other groups, and through which.
#pragma once

#include "probes/ad/account.h"
#include "probes/ad/domain.h"
#include "probes/ad/group.h"
#include "probes/ad/group_source.h"
#include "probes/ldap/session.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cal::ad {

struct Membership {
  bool member = false;
  bool by_primary_group = false;  // the chain begins with the primary group
  // Names from the account to the group: two for a direct member, none if the chain is hidden.
  std::vector<std::string> chain = {};
  // For an account that is not a member:
  std::vector<std::string> own_groups = {};     // names of the groups it is a member of
  std::vector<std::string> group_members = {};  // names of some of the group's members
  std::size_t group_size = 0;                   // how many members the group has
  // Names of distribution groups without which the account would be a member.
  std::vector<std::string> distribution_groups = {};
  std::string not_seen = {};         // why it may be a member all the same; empty if all was seen
  std::vector<SeenGroup> seen = {};  // the groups that were looked at
};

// S = {the account's SID} ∪ tokenGroups ∪ its primary group ∪ {Everyone, Authenticated Users}. The
// account is a member if the group's SID is in S, if the account's groups lead to the group, or if
// one of the group's `member` values is in S (MS-DTYP 2.5.2.1.1; tokenGroups alone can lack
// built-in groups). Only security groups lead anywhere, and where tokenGroups was returned only
// those that it contains. The in-chain matching rule is not used: it misses primary groups.
ldap::Result<Membership> find_membership(ldap::Session& session, const Domain& domain,
                                         const Account& account, const Group& group,
                                         Deadline deadline);

// Pure. What find_membership would find if the account were added to the group `added_to`: its own
// walk, through groups that were seen and have that edge.
Membership membership_after(const std::vector<SeenGroup>& groups, const Domain& domain,
                            Account account, const std::string& added_to, const Group& group);

// What an account of another domain brings along.
struct ForeignToken {
  std::string name;  // for people
  security::Sid own;
  std::set<security::Sid> sids = {};      // of its universal and global groups
  std::set<security::Sid> doubtful = {};  // that a filter on the way may remove
};

// For an account of another domain, or a SID that belongs to none: whether it, or one of its
// groups, is a member of the group, directly or through groups of this domain.
ldap::Result<Membership> find_foreign_membership(ldap::Session& session, const Domain& domain,
                                                 const ForeignToken& token, const Group& group,
                                                 Deadline deadline);

}  // namespace cal::ad
