#include "probes/ad/group.h"

#include "probes/ad/distinguished_name.h"
#include "probes/ad/number_of.h"
#include "probes/ad/principal_name.h"
#include "probes/ldap/escape.h"
#include "probes/security/well_known_sids.h"

#include <fmt/format.h>

#include <algorithm>

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

namespace {

const std::vector<std::string> group_attributes{"sAMAccountName", "objectSid", "groupType"};

std::optional<Group> group_of(const ldap::Entry& entry) {
  const auto sid = Sid::parse_octets(entry.first("objectSid").value_or(""));
  if (!sid) return std::nullopt;
  return Group{entry.dn(), entry.first("sAMAccountName").value_or(first_value(entry.dn())), *sid,
               is_security_group(entry)};
}

GroupLookup choose(const std::vector<ldap::Entry>& found, const std::string& name) {
  const auto by_account_name = std::ranges::find_if(found, [&](const ldap::Entry& entry) {
    return equal_ignoring_case(entry.first("sAMAccountName").value_or(""), name);
  });
  if (by_account_name != found.end()) return {group_of(*by_account_name)};
  if (found.empty()) return {};
  if (found.size() == 1) return {group_of(found.front())};
  GroupLookup several;
  for (const auto& entry : found) several.namesakes.push_back(entry.dn());
  return several;
}

}  // namespace

ldap::Result<GroupLookup> find_group(ldap::Session& session, const Domain& domain,
                                     const std::string& name, Deadline deadline) {
  const auto parsed = parse_principal(name);
  const bool is_foreign = !parsed.domain.empty() &&
                          !equal_ignoring_case(parsed.domain, domain.netbios_name) &&
                          !equal_ignoring_case(parsed.domain, domain.dns_name);
  if (is_foreign) return GroupLookup{};
  if (parsed.form == NameForm::sid || parsed.form == NameForm::distinguished_name) {
    const auto dn =
        parsed.form == NameForm::sid ? fmt::format("<SID={}>", parsed.name) : parsed.name;
    const auto entry = session.read(dn, group_attributes, deadline);
    if (!entry) return tl::unexpected(entry.error());
    return GroupLookup{*entry ? group_of(**entry) : std::nullopt};
  }
  const auto found =
      session.search({.base = domain.dn,
                      .filter = fmt::format("(&(objectClass=group)(|(sAMAccountName={0})(cn={0})))",
                                            ldap::escape_filter(parsed.name)),
                      .attributes = group_attributes},
                     deadline);
  if (!found) return tl::unexpected(found.error());
  return choose(*found, parsed.name);
}

}  // namespace cal::ad
