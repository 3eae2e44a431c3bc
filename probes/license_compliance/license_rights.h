// For the self-test of license_compliance: may the agent's account read the licenses of users?
#pragma once

#include "probes/shared/directory_rights.h"

namespace cal::license_compliance {

// A hidden attribute looks the same as an absent one. The access check therefore decides, for a
// sample of users and the session's own token (tokenGroups of the root DSE).
ldap::Result<std::vector<Right>> ask_user_licenses(const BoundAccount& self, Deadline deadline);

}  // namespace cal::license_compliance
