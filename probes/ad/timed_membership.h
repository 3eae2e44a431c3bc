// Whether a forest can end a membership by itself.
#pragma once

#include "probes/ldap/session.h"

#include <optional>

namespace cal::ad {

// Whether the optional feature Privileged Access Management is enabled, which forests have from the
// level of Windows Server 2016 on (MS-ADTS 3.1.1.9). Empty: the directory does not show it.
ldap::Result<std::optional<bool>> has_timed_membership(ldap::Session& session, Deadline deadline);

}  // namespace cal::ad
