#include "probes/ad/group.h"

#include "probes/ad/distinguished_name.h"
#include "probes/ad/number_of.h"
#include "probes/ad/principal_name.h"
#include "probes/ldap/escape.h"
#include "probes/security/well_known_sids.h"

#include <fmt/format.h>

namespace cal::ad {

using security::Sid;

std::optional<bool> is_security_group(const ldap::Entry& entry) {
  // A foreign security principal, such as Everyone, has no groupType.
  const auto sid = Sid::parse_octets(entry.first("objectSid").value_or(""));
  if (sid && !sid->is_domain_account()) return true;
  if (Sid::parse_text(first_value(entry.dn()))) return true;
  const auto type = number_of<std::uint32_t>(entry, "groupType");
  if (!type) return std::nullopt;
  constexpr std::uint32_t security_enabled = 0x80000000;  // MS-ADTS 2.2.12
  return (*type & security_enabled) != 0;
}

std::string shown_name(const ldap::Entry& entry) {
  if (const auto name = entry.first("sAMAccountName")) return *name;
  const auto sid = Sid::parse_text(first_value(entry.dn()));
  return sid ? security::name_of(*sid) : first_value(entry.dn());
}

ldap::Result<std::optional<Group>> find_group(ldap::Session& session, const Domain& domain,
                                              const std::string& name, Deadline deadline) {
  const auto parsed = parse_principal(name);
  const bool is_foreign = !parsed.domain.empty() &&
                          !equal_ignoring_case(parsed.domain, domain.netbios_name) &&
                          !equal_ignoring_case(parsed.domain, domain.dns_name);
  if (is_foreign) return std::optional<Group>();
  ldap::Result<std::optional<ldap::Entry>> entry = std::nullopt;
  const std::vector<std::string> attributes{"sAMAccountName", "objectSid", "groupType"};
  if (parsed.form == NameForm::sid) {
    entry = session.read(fmt::format("<SID={}>", parsed.name), attributes, deadline);
  } else if (parsed.form == NameForm::distinguished_name) {
    entry = session.read(parsed.name, attributes, deadline);
  } else {
    auto found = session.search(
        {.base = domain.dn,
         .filter = fmt::format("(&(objectClass=group)(|(sAMAccountName={0})(cn={0})))",
                               ldap::escape_filter(parsed.name)),
         .attributes = attributes},
        deadline);
    if (!found) return tl::unexpected(std::move(found.error()));
    if (!found->empty()) entry = std::optional(found->front());
  }
  if (!entry) return tl::unexpected(std::move(entry.error()));
  if (!*entry) return std::optional<Group>();
  const auto sid = Sid::parse_octets((*entry)->first("objectSid").value_or(""));
  if (!sid) return std::optional<Group>();
  return Group{(*entry)->dn(),
               (*entry)->first("sAMAccountName").value_or(first_value((*entry)->dn())), *sid,
               is_security_group(**entry)};
}

}  // namespace cal::ad
