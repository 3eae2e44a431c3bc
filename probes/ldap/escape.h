// Escapes text for a filter or a distinguished name. Pure.
#pragma once

#include <string>
#include <string_view>

namespace cal::ldap {

// For an assertion value in a filter (RFC 4515 3); `octets` may be binary, such as a SID.
std::string escape_filter(std::string_view octets);

// For an attribute value in a distinguished name (RFC 4514 2.4).
std::string escape_dn_value(std::string_view value);

}  // namespace cal::ldap
