#include "probes/net/no_proxy.h"

#include "agent/base/text.h"
#include "probes/net/address.h"

#include <algorithm>
#include <charconv>

namespace cal::net {

namespace {

std::vector<std::string_view> entries_of(std::string_view no_proxy) {
  std::vector<std::string_view> entries;
  while (true) {
    const auto begin = no_proxy.find_first_not_of(", \t");
    if (begin == no_proxy.npos) return entries;
    no_proxy.remove_prefix(begin);
    const auto size = std::min(no_proxy.find_first_of(", \t"), no_proxy.size());
    entries.push_back(no_proxy.substr(0, size));
    no_proxy.remove_prefix(size);
  }
}

// "192.0.2.0/24": curl takes a length of 0 for none.
bool is_in_network(const Address& address, std::string_view entry) {
  const auto slash = std::min(entry.find('/'), entry.size());
  const auto network = Address::parse(std::string(entry.substr(0, slash)));
  if (!network || network->family != address.family) return false;
  const unsigned whole = address.family == Family::v4 ? 32 : 128;
  unsigned bits = 0;
  if (slash < entry.size()) {
    const auto digits = entry.substr(slash + 1);
    const auto* end = digits.data() + digits.size();
    const auto [rest, error] = std::from_chars(digits.data(), end, bits);
    if (error != std::errc{} || rest != end || bits > whole) return false;
  }
  if (bits == 0) bits = whole;
  const auto bytes = bits / 8;
  if (!std::equal(address.octets.begin(), address.octets.begin() + bytes,
                  network->octets.begin())) {
    return false;
  }
  const unsigned rest = bits % 8;
  return rest == 0 || (address.octets[bytes] ^ network->octets[bytes]) >> (8 - rest) == 0;
}

bool is_in_domain(std::string_view host, std::string_view domain) {
  if (domain.ends_with('.')) domain.remove_suffix(1);
  if (domain.starts_with('.')) domain.remove_prefix(1);
  if (domain.empty() || !host.ends_with(domain)) return false;
  host.remove_suffix(domain.size());
  return host.empty() || host.ends_with('.');
}

}  // namespace

bool is_exempt(const std::string& host, std::string_view no_proxy) {
  if (no_proxy == "*") return true;
  const auto address = Address::parse(host);
  const auto name = folded(host);
  return std::ranges::any_of(entries_of(no_proxy), [&](std::string_view entry) {
    return address ? is_in_network(*address, entry) : is_in_domain(name, folded(entry));
  });
}

std::vector<std::string> entries_without_effect(std::string_view no_proxy) {
  std::vector<std::string> found;
  if (no_proxy == "*") return found;
  for (const auto entry : entries_of(no_proxy)) {
    const auto address = entry.substr(0, entry.find('/'));
    if (Address::parse(std::string(address))) continue;
    if (entry.find_first_of("*[]:/") != entry.npos) found.emplace_back(entry);
  }
  return found;
}

}  // namespace cal::net
