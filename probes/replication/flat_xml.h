// An XML fragment of one level, as domain controllers write structures: elements with text inside
// one outer element. Pure; the input is hostile.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cal::replication {

// The elements by name, of several with the same name the first.
using Elements = std::map<std::string, std::string, std::less<>>;

// Empty if it is not well-formed, has another outer element than these, or exceeds a bound of
// metadata.h. Tolerates what a domain controller may write: a NUL at the end, and "&" that
// is not escaped. There is no DTD, so no entity but the five of XML itself is expanded.
std::optional<Elements> parse_flat_xml(std::string_view xml,
                                       std::initializer_list<std::string_view> outer);

}  // namespace cal::replication
