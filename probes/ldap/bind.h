// Says who we are on a connection. Internal to this edge.
#pragma once

#include "probes/ldap/connection.h"
#include "probes/ldap/settings.h"

namespace cal::ldap {

// `tls`: whether the connection is under TLS. It decides whether GSSAPI has to sign and seal, or
// must not (Active Directory refuses both protections at once).
Result<void> bind(Connection& connection, const BindSettings& settings, const Server& server,
                  bool tls, Deadline deadline);

}  // namespace cal::ldap
