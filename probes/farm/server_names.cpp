#include "probes/farm/server_names.h"

#include "agent/base/text.h"

#include <algorithm>
#include <cctype>

namespace cal::farm {

namespace {

bool is_address(std::string_view name) {
  return name.find(':') != std::string_view::npos ||
         (!name.empty() && name.find_first_not_of("0123456789.") == std::string_view::npos);
}

}  // namespace

std::string short_name(std::string_view name) {
  auto label = folded(is_address(name) ? name : name.substr(0, name.find('.')));
  std::ranges::transform(label, label.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return label;
}

ServerNames::ServerNames(const std::vector<LicenseServer>& servers) {
  for (const auto& server : servers) {
    by_name_.emplace(folded(server.name), &server);
    const auto dns = folded(server.dns_name);
    if (!dns.empty() && dns != folded(server.name)) by_name_.emplace(dns, &server);
    for (const auto& address : server.addresses) by_name_.emplace(folded(address), &server);
  }
}

const LicenseServer* ServerNames::find(std::string_view listed,
                                       const std::optional<std::string>& domain) const {
  const auto name = folded(listed);
  auto [first, last] = by_name_.equal_range(name);
  if (first == last && !is_address(name)) {
    // The server's export may lack its DNS name; then its NetBIOS name has to do.
    const auto dot = name.find('.');
    if (dot == std::string::npos) return nullptr;
    std::tie(first, last) = by_name_.equal_range(name.substr(0, dot));
    if (first == last || !first->second->dns_name.empty()) return nullptr;
  }
  if (first == last) return nullptr;
  if (std::next(first) == last) return first->second;
  for (auto each = first; each != last; ++each) {
    const auto& other = each->second->domain;
    if (domain && other && folded(*other) == folded(*domain)) return each->second;
  }
  return nullptr;
}

}  // namespace cal::farm
