#include "probes/farm/server_names.h"

#include "agent/base/text.h"

#include <algorithm>
#include <cctype>
#include <utility>

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
    add(folded(server.name), server);
    if (!server.dns_name.empty()) add(folded(server.dns_name), server);
    for (const auto& address : server.addresses) add(folded(address), server);
  }
}

void ServerNames::add(std::string name, const LicenseServer& server) {
  const auto [found, first] = by_name_.try_emplace(std::move(name), Named{&server});
  auto& named = found->second;
  if (!first && named.only != &server) named.only = nullptr;
  named.has_dns_name = named.has_dns_name || !server.dns_name.empty();
  if (!server.domain) return;
  const auto [other, added] = named.by_domain.try_emplace(folded(*server.domain), &server);
  if (!added && other->second != &server) other->second = nullptr;
}

const LicenseServer* ServerNames::find(std::string_view listed,
                                       const std::optional<std::string>& domain) const {
  // A DNS name may end with the root's dot.
  const auto name = folded(trimmed(listed, "."));
  auto named = by_name_.find(name);
  if (named == by_name_.end() && !is_address(name)) {
    // The server's export may lack its DNS name; then its NetBIOS name has to do.
    const auto dot = name.find('.');
    if (dot == std::string::npos) return nullptr;
    named = by_name_.find(name.substr(0, dot));
    if (named == by_name_.end() || named->second.has_dns_name) return nullptr;
  }
  if (named == by_name_.end()) return nullptr;
  const auto& [only, has_dns_name, by_domain] = named->second;
  if (only || !domain) return only;
  const auto found = by_domain.find(folded(*domain));
  return found == by_domain.end() ? nullptr : found->second;
}

}  // namespace cal::farm
