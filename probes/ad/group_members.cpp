#include "probes/ad/group_members.h"

#include <fmt/format.h>

namespace cal::ad {

ldap::Result<GroupMembers> read_members(ldap::Session& session, const std::string& group_dn,
                                        Deadline deadline) {
  auto values = session.all_values(group_dn, "member", deadline, ldap::DnForm::with_sid);
  GroupMembers members;
  if (values) {
    for (const auto& value : *values) {
      members.values.push_back(parse_member_value(value));
      if (members.values.back().malformed && members.cut.empty()) {
        members.cut = fmt::format("a member of {} came with a SID that cannot be read", group_dn);
      }
    }
  } else if (values.error().kind == ldap::FaultKind::server_error) {
    members.cut = values.error().message;
  } else {
    return tl::unexpected(std::move(values.error()));
  }
  return members;
}

}  // namespace cal::ad
