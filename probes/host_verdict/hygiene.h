// What keeps no user from getting a license, but should be put right. Pure.
#pragma once

#include "probes/farm/license_server.h"

#include <string>
#include <string_view>

namespace cal::session_host_licensing {

// Why licenses of users are not recorded in the directory, by events since `since` and by the
// server's groups; empty: nothing was seen.
std::string recording_fault(const farm::SessionHost& host, const farm::LicenseServer& server,
                            SystemTime since);

// To be appended to what is clear: "; whether .. is not known: .."; empty: all of it was read.
std::string recording_not_known(const farm::SessionHost& host, const farm::LicenseServer& server);

// " (by policy)", of its list of license servers; empty: it is not known where the list comes from.
std::string_view list_origin(const farm::SessionHost& host);

// Settings that differ, to be put after "On RDSH1, ", and what to do. No text: they do not, or one
// of them was not read.
struct Drift {
  std::string text = {};
  std::string step = {};                  // {hosts} in it stands for the hosts of which it is true
  farm::LicensingSettings settings = {};  // that differ, as the host or its policy has them
};

Drift policy_drift(const farm::SessionHost& host);

// Of one collection; `host` differs from `most`.
Drift collection_drift(const farm::SessionHost& host, const farm::SessionHost& most);

// Whether it has a mode and a list of license servers: without them it has a fault of its own.
bool has_settings(const farm::SessionHost& host);

// What hosts of one collection have alike. Of a host that has_settings().
std::string settings_key(const farm::SessionHost& host);

}  // namespace cal::session_host_licensing
