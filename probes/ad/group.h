// A group of a domain, whose members may have rights.
#pragma once

#include "probes/ad/domain.h"
#include "probes/ldap/session.h"

#include <optional>
#include <string>

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

// Whether the entry of a group says that it is a security group; empty if it says neither.
// The built-in groups are.
std::optional<bool> is_security_group(const ldap::Entry& entry);

// The name of a group for people, or "Authenticated Users" for a foreign security principal, whose
// name in the directory is only a SID.
std::string shown_name(const ldap::Entry& entry);

}  // namespace cal::ad
