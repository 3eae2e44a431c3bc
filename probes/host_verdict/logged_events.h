// What a host's own event log says about a fault: evidence beside what the host answers. Windows
// logs nothing when it is good again, so that an event proves no fault of now. Pure.
#pragma once

#include "agent/contract/probe.h"
#include "probes/farm/session_host.h"

#include <string>

namespace cal::session_host_licensing {

// The host's events since then about this finding; empty: none.
std::string logged_about(const farm::SessionHost& host, const Reason& found, SystemTime since);

// Its events since then about any license server, of a host on which nothing was found.
std::string logged_about_servers(const farm::SessionHost& host, SystemTime since);

}  // namespace cal::session_host_licensing
