#include "probes/ldap/ranges.h"

#include <charconv>

namespace cal::ldap {

namespace {

constexpr std::string_view option = ";range=";

bool equal_names(std::string_view a, std::string_view b) {
  const detail::CaseInsensitiveLess less;
  return !less(a, b) && !less(b, a);
}

}  // namespace

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
