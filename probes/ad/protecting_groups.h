// The groups whose members AdminSDHolder protects (MS-ADTS 3.1.1.6.1.2), and the way by which an
// account is in them. An account that has adminCount = 1 and is in none of them was protected once.
#pragma once

#include "probes/ad/domain.h"
#include "probes/ldap/session.h"

#include <string>
#include <vector>

namespace cal::ad {

struct ProtectingGroup {
  std::string name;
  security::Sid sid;
  // Names from the account to the group; empty: its token has the group, the way is hidden.
  std::vector<std::string> chain = {};
};

struct Protection {
  bool is_by_itself = false;  // Administrator and krbtgt are protected without a group
  std::vector<ProtectingGroup> groups = {};
  std::string not_seen = {};  // why there may be others; empty: all of its groups were seen

  bool is_over() const { return !is_by_itself && groups.empty() && not_seen.empty(); }
};

// Whether AdminSDHolder protects the members of the group. (dSHeuristics can exempt the four groups
// of operators, which is not looked at.)
bool is_protecting(const security::Sid& group, const Domain& domain);

// For an account of the domain. A fault is in `not_seen`.
Protection find_protection(ldap::Session& session, const Domain& domain,
                           const security::Sid& account, Deadline deadline);

}  // namespace cal::ad
