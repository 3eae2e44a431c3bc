// Distinguished names as people and directories write them. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cal::ad {

bool equal_ignoring_case(std::string_view a, std::string_view b);  // ASCII
bool starts_with_ignoring_case(std::string_view text, std::string_view start);

// Without the "LDAP://server/" of an ADSI path; unchanged if it is not one.
std::string without_path(std::string_view text);

// Without a path before it, spaces around its parts and a dot at its end; empty if it is not a DN.
std::optional<std::string> normalize_dn(std::string_view text);

// The first value of a DN, unescaped well enough to show.
std::string first_value(std::string_view dn);

// Whether an object belongs to the domain itself, and not to a domain below it.
bool is_of_domain(std::string_view dn, std::string_view domain_dn);

// An LDAP filter for the object of this name, or for those of any of them.
std::string filter_by_dn(std::string_view dn);
std::string filter_by_dns(std::span<const std::string> dns);

}  // namespace cal::ad
