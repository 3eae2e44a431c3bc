// For the self-test of license_compliance: may the agent's account read the licences of users?
#pragma once

#include "probes/shared/directory_rights.h"

namespace cal::license_compliance {

// An attribute that is absent and one that is hidden look the same, so the access check decides,
// for some users and the token that the session has (tokenGroups of the root DSE).
ldap::Result<std::vector<Right>> ask_user_licenses(const BoundAccount& self, Deadline deadline);

}  // namespace cal::license_compliance
