// Authenticates a connection. Internal to this folder.
#pragma once

#include "probes/ldap/connection.h"
#include "probes/ldap/settings.h"

namespace cal::ldap {

// `tls`: whether the connection uses TLS. GSSAPI must sign and seal without TLS, and must not with
// it (Active Directory refuses both protections at once).
Result<void> bind(Connection& connection, const BindSettings& settings, const Server& server,
                  bool tls, Deadline deadline);

}  // namespace cal::ldap
