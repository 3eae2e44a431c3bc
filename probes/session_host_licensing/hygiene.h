// What keeps no user from getting a license, but should be put right. Pure.
#pragma once

#include "probes/farm/license_server.h"

#include <string>

namespace cal::session_host_licensing {

// Why licenses of users are not recorded in the directory, by events since `since` and by the
// server's groups; empty: nothing was seen.
std::string recording_fault(const farm::SessionHost& host, const farm::LicenseServer& server,
                            SystemTime since);

// To be appended to what is clear: "; whether .. is not known: .."; empty: all of it was read.
std::string recording_not_known(const farm::SessionHost& host, const farm::LicenseServer& server);

// How policy and broker differ; empty: they do not, or one of them was not read.
std::string policy_drift(const farm::SessionHost& host);

}  // namespace cal::session_host_licensing
