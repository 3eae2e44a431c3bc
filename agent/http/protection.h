// Which protection of the running server a new web configuration would remove.
#pragma once

#include "agent/http/server.h"
#include "agent/http/web_config.h"

#include <string>

namespace cal {

// Empty when the new configuration protects at least as much; else what it removes. A file that is
// being written, or that a full disk has cut at the end of a line, is valid but has lost its last
// keys, so only a restart removes protection. Other users, names, certificates and CAs in place of
// the old ones are changes, not losses.
std::string lost_protection(const HttpAccess& before, const WebConfig& after);

}  // namespace cal
