// Distinguished names as people and directories write them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cal::ad {

bool equal_ignoring_case(std::string_view a, std::string_view b);  // ASCII

// Without an "LDAP://server/" before it and spaces around its parts; empty if it is not a DN.
std::optional<std::string> normalize_dn(std::string_view text);

// The first value of a DN, unescaped well enough to show.
std::string first_value(std::string_view dn);

// Whether an object belongs to the domain itself, and not to a domain below it.
bool is_of_domain(std::string_view dn, std::string_view domain_dn);

}  // namespace cal::ad
