#include "probes/ldap/entry.h"

#include <algorithm>
#include <charconv>

namespace cal::ldap {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr std::string_view option = ";range=";

bool equal_names(std::string_view a, std::string_view b) {
  const detail::CaseInsensitiveLess less;
  return !less(a, b) && !less(b, a);
}

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

std::optional<Range> find_range(const Entry& entry, std::string_view attribute) {
  std::optional<Range> whole;
  for (const auto& [name, values] : entry.attributes()) {
    // Active Directory sends an empty `member` beside `member;range=0-1499`.
    if (equal_names(name, attribute)) whole = Range{&values, 0, true};
    const std::string_view text = name;
    if (text.size() <= attribute.size() + option.size()) continue;
    if (!equal_names(text.substr(0, attribute.size()), attribute)) continue;
    if (!equal_names(text.substr(attribute.size(), option.size()), option)) continue;
    const auto bounds = text.substr(attribute.size() + option.size());
    std::size_t first = 0;
    const auto* const end = bounds.data() + bounds.size();
    const auto parsed = std::from_chars(bounds.data(), end, first);
    if (parsed.ec != std::errc{} || parsed.ptr == end || *parsed.ptr != '-') continue;
    return Range{&values, first, std::string_view(parsed.ptr + 1, end) == "*"};
  }
  return whole;
}

}  // namespace cal::ldap
