#include "probes/ad/trust.h"

#include "probes/ad/distinguished_name.h"
#include "probes/ad/number_of.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal::ad {

namespace {

// MS-ADTS 6.1.6.7.9
constexpr std::uint32_t quarantined_domain = 0x4;
constexpr std::uint32_t cross_organization = 0x10;

}  // namespace

bool Trust::is_quarantined() const { return (attributes.value_or(0) & quarantined_domain) != 0; }
bool Trust::is_selective() const { return (attributes.value_or(0) & cross_organization) != 0; }

std::string dn_of_domain(std::string_view dns_name) {
  std::string dn;
  while (!dns_name.empty()) {
    const auto end = std::min(dns_name.find('.'), dns_name.size());
    dn += fmt::format("{}DC={}", dn.empty() ? "" : ",", dns_name.substr(0, end));
    dns_name.remove_prefix(std::min(end + 1, dns_name.size()));
  }
  return dn;
}

ldap::Result<std::vector<Trust>> read_trusts(ldap::Session& session, const Domain& domain,
                                             Deadline deadline) {
  auto found = session.search(
      {.base = "CN=System," + domain.dn,
       .scope = ldap::Scope::one_level,
       .filter = "(objectClass=trustedDomain)",
       .attributes = {"trustPartner", "flatName", "securityIdentifier", "trustAttributes"}},
      deadline);
  std::vector<Trust> trusts;
  // A container that is hidden, or refused, shows no trust.
  if (!found && found.error().kind == ldap::FaultKind::server_error) return trusts;
  if (!found) return tl::unexpected(std::move(found.error()));
  for (const auto& entry : *found) {
    const auto name = entry.first("trustPartner").value_or(first_value(entry.dn()));
    trusts.push_back({{dn_of_domain(name), name, entry.first("flatName").value_or("")},
                      security::Sid::parse_octets(entry.first("securityIdentifier").value_or("")),
                      number_of<std::uint32_t>(entry, "trustAttributes")});
  }
  return trusts;
}

}  // namespace cal::ad
