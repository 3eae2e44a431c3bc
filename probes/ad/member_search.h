// A walk downward from a group through the groups of its domain, which looks for members by their
// SIDs: for accounts and groups of other domains, whose own `memberOf` does not lead here.
#pragma once

#include "probes/ad/domain.h"
#include "probes/ad/group.h"
#include "probes/ad/member_value.h"
#include "probes/ldap/session.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cal::ad {

struct FoundMember {
  std::optional<security::Sid> sid;     // the one that was found; empty if none was
  std::vector<std::string> chain = {};  // names from the member to the group
  // Names of the distribution groups that are in the way: without them it would be a member.
  std::vector<std::string> distribution_groups = {};
  std::vector<MemberValue> members = {};  // of the group itself
  std::string cut = {};                   // what the walk did not see; empty if it saw everything
};

ldap::Result<FoundMember> search_members(ldap::Session& session, const Domain& domain,
                                         const Group& group, const std::set<security::Sid>& sids,
                                         Deadline deadline);

}  // namespace cal::ad
