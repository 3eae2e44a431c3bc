// Can the licenses of users be counted in the directory?
#pragma once

#include "probes/shared/directory_rights.h"

namespace cal::license_compliance {

// May the agent's account read the licenses of users? A hidden attribute looks the same as an
// absent one. The access check therefore decides, for a sample of users and the session's own token
// (tokenGroups of the root DSE).
ldap::Result<std::vector<Right>> ask_user_licenses(const BoundAccount& self, Deadline deadline);

// This right, and whether SELF may write licenses, for at least one user of the sample: session
// hosts since Windows Server 2019 record a license as the user.
ldap::Result<std::vector<Right>> ask_directory_count(const BoundAccount& self, Deadline deadline);

}  // namespace cal::license_compliance
