// A value of a group's `member`, with its SID where the server returned it. Pure.
#pragma once

#include "probes/security/sid.h"

#include <optional>
#include <string>
#include <string_view>

namespace cal::ad {

struct MemberValue {
  std::string dn;
  std::optional<security::Sid> sid;
  bool malformed = false;  // what precedes the DN is not what was requested
};

// "<GUID=..>;<SID=S-1-..>;DN" (MS-ADTS 3.1.1.3.4.1.5) or a DN. The name of a foreign security
// principal is its SID.
MemberValue parse_member_value(std::string_view value);

// Its name for people.
std::string shown_member(const MemberValue& member);

}  // namespace cal::ad
