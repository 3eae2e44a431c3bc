// Whether an account is a member of a group, directly or through other groups, and through which.
#pragma once

#include "probes/ad/account.h"
#include "probes/ad/domain.h"
#include "probes/ldap/session.h"

#include <optional>
#include <string>
#include <vector>

namespace cal::ad {

struct Group {
  std::string dn;
  std::string name;
  security::Sid sid;
  // Whether it grants rights, which a distribution group does not; empty if that was not returned.
  std::optional<bool> security = true;
};

// By SID, distinguished name or name. Empty if the group is not in the domain, or is hidden.
ldap::Result<std::optional<Group>> find_group(ldap::Session& session, const Domain& domain,
                                              const std::string& name, Deadline deadline);

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
  std::string not_seen = {};  // why it may be a member all the same; empty if all was seen
};

// S = {the account's SID} ∪ tokenGroups ∪ its primary group ∪ {Everyone, Authenticated Users}. The
// account is a member if the group's SID is in S, if the account's groups lead to the group, or if
// one of the group's `member` values is in S (MS-DTYP 2.5.2.1.1; tokenGroups alone can lack
// built-in groups). Only security groups lead anywhere, and where tokenGroups was returned only
// those that it contains. The in-chain matching rule is not used: it misses primary groups.
ldap::Result<Membership> find_membership(ldap::Session& session, const Domain& domain,
                                         const Account& account, const Group& group,
                                         Deadline deadline);

// For a SID of another domain, which can be a member only as a foreign security principal.
ldap::Result<Membership> find_foreign_membership(ldap::Session& session, const Domain& domain,
                                                 const security::Sid& sid, const Group& group,
                                                 Deadline deadline);

}  // namespace cal::ad
