// Whether an account is effectively in a group, and by which chain of groups.
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
};

// By SID, distinguished name or name. Empty when there is none that we may see.
ldap::Result<std::optional<Group>> find_group(ldap::Session& session, const Domain& domain,
                                              const std::string& name, Deadline deadline);

struct Membership {
  bool member = false;
  bool by_primary_group = false;  // the chain begins with the primary group
  // Names from the account to the group; two when it is direct, none when no chain could be seen.
  std::vector<std::string> chain = {};
  // Of one who is no member:
  std::vector<std::string> own_groups = {};     // names of the groups it is in
  std::vector<std::string> group_members = {};  // names of some of the group's members
  std::size_t group_size = 0;                   // how many members the group has
};

// S = {the account's SID} ∪ tokenGroups ∪ its primary group ∪ {Everyone, Authenticated Users}. A
// member if the group's SID is in S, if the account's groups lead to it, or if one of its `member`
// values is in S (MS-DTYP 2.5.2.1.1; tokenGroups alone may leave out built-in groups). The in-chain
// matching rule is not used: it misses primary groups.
ldap::Result<Membership> find_membership(ldap::Session& session, const Domain& domain,
                                         const Account& account, const Group& group,
                                         Deadline deadline);

// The same for a SID of another domain, which can be a member only as a foreign security principal.
ldap::Result<Membership> find_foreign_membership(ldap::Session& session, const Domain& domain,
                                                 const security::Sid& sid, const Group& group,
                                                 Deadline deadline);

}  // namespace cal::ad
