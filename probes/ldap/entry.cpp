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

// What malloc takes for so many octets: at least 32, in steps of 16, its header included.
std::size_t block_of(std::size_t octets) {
  constexpr std::size_t header = 8;
  constexpr std::size_t step = 16;
  constexpr std::size_t least = 32;
  if (octets == 0) return 0;
  return std::max(least, (octets + header + step - 1) / step * step);
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

std::size_t size_of(const std::string& text) {
  static const auto inside = std::string().capacity();  // kept without a separate allocation
  return sizeof(std::string) + (text.capacity() > inside ? block_of(text.capacity() + 1) : 0);
}

std::size_t Entry::size() const {
  constexpr std::size_t links_of_node = 4 * sizeof(void*);  // of a tree
  std::size_t octets = sizeof(Entry) - sizeof(std::string) + size_of(dn_);
  for (const auto& [name, values] : attributes_) {
    octets += block_of(links_of_node + sizeof(Attributes::value_type)) - sizeof(std::string);
    octets += size_of(name);
    octets += block_of(values.capacity() * sizeof(std::string));
    for (const auto& value : values) octets += size_of(value) - sizeof(std::string);
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
