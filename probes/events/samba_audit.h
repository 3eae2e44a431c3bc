// A line of Samba's audit log as JSON (the log classes dsdb_json_audit, dsdb_group_json_audit and
// dsdb_password_json_audit). Pure.
#pragma once

#include "probes/events/json_values.h"

#include <string_view>

namespace cal::winlog {

// Of an event that was such a line. Its channel is the line's type, such as "groupChange", and it
// has no computer and no record ID; its ID is 0 unless the line has one. The data are the fields of
// the line by their names, and the written values as "ATTRIBUTE ACTION": "member add".
inline constexpr std::string_view samba_provider = "Samba";

// The part of the line that has the fields; null if the line has another layout.
const Json* samba_part(const Json& line);

// False if the time is missing.
bool read_samba(const Json& line, const Json& part, Event& event);

}  // namespace cal::winlog
