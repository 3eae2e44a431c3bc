// The members that a group's own object lists.
#pragma once

#include "probes/ad/member_value.h"
#include "probes/ldap/session.h"

#include <string>
#include <vector>

namespace cal::ad {

struct GroupMembers {
  std::vector<MemberValue> values;
  std::string cut;  // why some are missing, or empty
};

ldap::Result<GroupMembers> read_members(ldap::Session& session, const std::string& group_dn,
                                        Deadline deadline);

}  // namespace cal::ad
