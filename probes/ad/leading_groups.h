// Groups whose members become members of a group through them: an account can be added to one of
// these instead.
#pragma once

#include "probes/ad/group.h"
#include "probes/ad/group_source.h"

#include <string>
#include <vector>

namespace cal::ad {

struct LeadingGroup {
  Group group;
  // Names of all groups that it makes an account a member of, in no order.
  std::vector<std::string> gives;
};

// The groups of the domain below `group`, with all groups that they lead to. Some levels and some
// groups only: it is an offer.
ldap::Result<std::vector<SeenGroup>> find_groups_below(ldap::Session& session, const Domain& domain,
                                                       const Group& group, Deadline deadline);

// Pure. Of those that were seen: not the ones that every domain has (their RIDs are below 1000),
// nor what leads to Domain, Schema or Enterprise Admins, nor what leads where it cannot be seen.
// The one that gives least comes first.
std::vector<LeadingGroup> leading_groups(const std::vector<SeenGroup>& seen, const Domain& domain,
                                         const Group& group);

}  // namespace cal::ad
