// A group of a domain, whose members may have rights.
#pragma once

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

struct GroupLookup {
  std::optional<Group> group;  // empty: it is not in the domain, is hidden, or is not unique
  std::vector<std::string> namesakes = {};  // the DNs of several groups that the name can mean
};

// By SID, distinguished name or name. A name is that of sAMAccountName, which is unique in a domain
// and which Windows understands; else the common name, which several groups may have.
ldap::Result<GroupLookup> find_group(ldap::Session& session, const Domain& domain,
                                     const std::string& name, Deadline deadline);

// Whether the entry of a group says that it is a security group; empty if it says neither.
// The built-in groups are.
std::optional<bool> is_security_group(const ldap::Entry& entry);

// The name of a group for people, or "Authenticated Users" for a foreign security principal, whose
// name in the directory is only a SID.
std::string shown_name(const ldap::Entry& entry);

}  // namespace cal::ad
