// The trustees of a probe that asks about permissions, as they are configured.
#pragma once

#include "agent/options.h"
#include "probes/security/trustee_rights.h"

#include <optional>
#include <string>
#include <vector>

namespace cal {

// `system_token`: what LocalSystem carries on a domain controller (win32 documentation,
// "LocalSystem Account"). `system_ace`: S-1-5-18 alone, what the dialog of the reference page
// shows.
security::Trustee system_token();
security::Trustee system_ace();

// A text that has to be a SID; else a mistake at `key`.
std::optional<security::Sid> read_sid(Options& options, const std::string& key,
                                      const std::string& text);

// The list under `trustees`: `system` (both of the above), either of them, a SID, or a mapping with
// sid, extra_sids, name and object_type. Empty when the key is absent.
std::vector<security::Trustee> read_trustees(Options& options);

}  // namespace cal
