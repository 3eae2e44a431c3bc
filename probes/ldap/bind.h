// Authenticates a connection. Internal to this folder.
#pragma once

#include "probes/ldap/bind_guard.h"
#include "probes/ldap/connection.h"
#include "probes/ldap/settings.h"

namespace cal::ldap {

// `tls`: whether the connection uses TLS. GSSAPI must sign and seal without TLS, and must not with
// it (Active Directory refuses both protections at once). The secret is read here and added to
// `attempt`, whose turn at the guard the bind waits for.
Result<void> bind(Connection& connection, const BindSettings& settings, bool tls,
                  BindGuard::Attempt attempt, BindGuard& guard, Deadline deadline);

}  // namespace cal::ldap
