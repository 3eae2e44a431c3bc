#include "probes/ldap/entry.h"

#include <algorithm>

namespace cal::ldap {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool detail::CaseInsensitiveLess::operator()(std::string_view a, std::string_view b) const {
  return std::ranges::lexicographical_compare(a, b, {}, lower, lower);
}

Entry::Entry(std::string dn, Attributes attributes)
    : dn_(std::move(dn)), attributes_(std::move(attributes)) {}

const std::vector<std::string>& Entry::values(std::string_view attribute) const {
  static const std::vector<std::string> none;
  const auto found = attributes_.find(attribute);
  return found == attributes_.end() ? none : found->second;
}

std::optional<std::string> Entry::first(std::string_view attribute) const {
  const auto& all = values(attribute);
  if (all.empty()) return std::nullopt;
  return all.front();
}

bool Entry::has(std::string_view attribute) const { return !values(attribute).empty(); }

std::size_t Entry::size() const {
  std::size_t octets = dn_.size();
  for (const auto& [name, values] : attributes_) {
    octets += name.size();
    for (const auto& value : values) octets += sizeof(std::string) + value.size();
  }
  return octets;
}

}  // namespace cal::ldap
