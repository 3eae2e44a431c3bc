#include "probes/ldap/entry.h"

#include <algorithm>
#include <charconv>

namespace cal::ldap {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr std::string_view option = ";range=";

struct Bounds {
  std::size_t first;
  std::optional<std::size_t> last;  // empty: the last of all
};

bool equal_names(std::string_view a, std::string_view b) {
  const detail::CaseInsensitiveLess less;
  return !less(a, b) && !less(b, a);
}

std::optional<std::size_t> number_in(std::string_view text) {
  std::size_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return number;
}

// Of ";range=0-1499" or ";range=1500-*".
std::optional<Bounds> parse_bounds(std::string_view options) {
  if (!equal_names(options.substr(0, option.size()), option)) return std::nullopt;
  const auto text = options.substr(option.size());
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = number_in(text.substr(0, dash));
  if (!first) return std::nullopt;
  if (text.substr(dash + 1) == "*") return Bounds{*first, std::nullopt};
  const auto last = number_in(text.substr(dash + 1));
  if (!last || *last < *first) return std::nullopt;
  return Bounds{*first, last};
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

tl::expected<Range, NoRange> find_range(const Entry& entry, std::string_view attribute) {
  std::optional<Range> whole;
  for (const auto& [name, values] : entry.attributes()) {
    const std::string_view text = name;
    if (!equal_names(text.substr(0, attribute.size()), attribute)) continue;
    const auto options = text.substr(attribute.size());
    // Active Directory sends an empty `member` beside `member;range=0-1499`.
    if (options.empty()) whole = Range{&values, 0, true};
    if (!options.starts_with(';')) continue;
    const auto bounds = parse_bounds(options);
    if (!bounds) return tl::unexpected(NoRange::malformed);
    return Range{&values, bounds->first, !bounds->last};
  }
  if (!whole) return tl::unexpected(NoRange::absent);
  return *whole;
}

}  // namespace cal::ldap
