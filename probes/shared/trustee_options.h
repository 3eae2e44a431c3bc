// The trustees of a probe that asks about permissions, as they are configured.
#pragma once

#include "agent/contract/options.h"
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

// Who writes Remote Desktop licences on users, into the property set Terminal Server License Server
// (MS-ADTS 3.1.1.2.3.3): the licence servers' group with session hosts up to Windows Server 2016,
// and the user (SELF) from 2019 on.
security::Trustee license_servers();
security::Trustee user_self();

// A text that has to be a SID; else a error at `key`.
std::optional<security::Sid> read_sid(Options& options, const std::string& key,
                                      const std::string& text);

// The list under `trustees`: `system` (system_token and system_ace), either of them,
// `license_servers`, `self`, a SID, or a mapping with sid, extra_sids, name and object_type. Empty
// when the key is absent.
std::vector<security::Trustee> read_trustees(Options& options);

}  // namespace cal
