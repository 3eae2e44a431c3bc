// The trustees of a probe that checks permissions, as configured.
#pragma once

#include "agent/contract/options.h"
#include "probes/security/trustee_rights.h"

#include <optional>
#include <string>
#include <vector>

namespace cal {

// `system_token`: the SIDs in LocalSystem's token on a domain controller (Win32 documentation,
// "LocalSystem Account"). `system_ace`: SYSTEM (S-1-5-18) alone, which is what the dialog in
// Microsoft's procedure shows.
security::Trustee system_token();
security::Trustee system_ace();

// What writes Remote Desktop licenses on users, into the property set Terminal Server License
// Server (MS-ADTS 3.1.1.2.3.3): the group of license servers for session hosts up to Windows Server
// 2016, and the user (SELF) from 2019 on.
security::Trustee license_servers();
security::Trustee user_self();

// A trustee for people: "NT AUTHORITY\SYSTEM (S-1-5-18)", or the name that its mapping gives.
std::string people_name(const security::Trustee& trustee);

// The same where two of them have the same SID: "SYSTEM with its groups" and "SYSTEM alone".
std::string evidence_name(const security::Trustee& trustee);

// Parses a SID; reports an error at `key` if it is not one.
std::optional<security::Sid> read_sid(Options& options, const std::string& key,
                                      const std::string& text);

// The list under `trustees`: `system` (both system_token and system_ace), either of them,
// `license_servers`, `self`, a SID, or a mapping with sid, extra_sids, name and object_type. Empty
// when the key is absent.
std::vector<security::Trustee> read_trustees(Options& options);

}  // namespace cal
