// An entry as a search returned it: a distinguished name and values by attribute. Values are octets
// (a SID or a security descriptor is binary) and hostile until parsed.
#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cal::ldap {

namespace detail {
struct CaseInsensitiveLess {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const;  // ASCII
};
}  // namespace detail

class Entry {
 public:
  using Attributes = std::map<std::string, std::vector<std::string>, detail::CaseInsensitiveLess>;

  Entry(std::string dn, Attributes attributes);

  const std::string& dn() const { return dn_; }
  // The name is case-insensitive. Empty if the attribute is absent. An attribute that the server
  // splits into ranges is under the name that the server gave it (`member;range=0-1499`): use
  // Session::all_values for those.
  const std::vector<std::string>& values(std::string_view attribute) const;
  std::optional<std::string> first(std::string_view attribute) const;
  bool has(std::string_view attribute) const;

  const Attributes& attributes() const { return attributes_; }
  std::size_t size() const;  // what it takes of the memory, in octets: a tiny value takes a hundred

 private:
  std::string dn_;
  Attributes attributes_;
};

// What a text takes of the memory, in octets.
std::size_t size_of(const std::string& text);

// Part of a multi-valued attribute (MS-ADTS 3.1.1.3.1.3.3): a server that does not return all
// values at once returns `member;range=0-1499` instead of `member`.
struct Range {
  const std::vector<std::string>* values;  // inside the entry
  std::size_t first;                       // the index of the first of them
  bool last;                               // whether no range follows
};

enum class NoRange {
  absent,     // the entry has no values of the attribute
  malformed,  // it has some under an option that is not a range, or not a valid one
};

// The values of `attribute`, whole or as a range.
tl::expected<Range, NoRange> find_range(const Entry& entry, std::string_view attribute);

}  // namespace cal::ldap
