#include "probes/ad/domain.h"

#include "probes/ad/distinguished_name.h"

#include <fmt/format.h>

namespace cal::ad {

ldap::Result<Domain> read_domain(ldap::Session& session, Deadline deadline) {
  Domain domain;
  domain.dn = session.default_naming_context();
  if (domain.dn.empty()) {
    return tl::unexpected(
        ldap::Fault{ldap::FaultKind::server_error,
                    fmt::format("read the root DSE on {}: no defaultNamingContext was returned; "
                                "check that the server is a domain controller",
                                session.server())});
  }
  auto object = session.read(domain.dn, {"objectSid"}, deadline);
  if (!object) return tl::unexpected(std::move(object.error()));
  const auto sid = *object ? security::Sid::parse_octets((*object)->first("objectSid").value_or(""))
                           : std::nullopt;
  if (!sid) {
    return tl::unexpected(
        ldap::Fault{ldap::FaultKind::not_permitted,
                    fmt::format("read objectSid of {} on {}: not returned; grant the agent's "
                                "account read access to the domain object",
                                domain.dn, session.server())});
  }
  domain.sid = *sid;

  // MS-ADTS 6.1.1.2.1.1: the crossRef of a domain has its two names.
  const auto configuration = session.root_dse().first("configurationNamingContext").value_or("");
  auto cross_refs = session.search({.base = "CN=Partitions," + configuration,
                                    .scope = ldap::Scope::one_level,
                                    .filter = "(&(objectClass=crossRef)(nETBIOSName=*))",
                                    .attributes = {"nCName", "nETBIOSName", "dnsRoot"}},
                                   deadline);
  if (!cross_refs) return tl::unexpected(std::move(cross_refs.error()));
  for (const auto& entry : *cross_refs) {
    if (!equal_ignoring_case(entry.first("nCName").value_or(""), domain.dn)) {
      domain.others.push_back({entry.first("nCName").value_or(""),
                               entry.first("dnsRoot").value_or(""),
                               entry.first("nETBIOSName").value_or("")});
      continue;
    }
    domain.netbios_name = entry.first("nETBIOSName").value_or("");
    domain.dns_name = entry.first("dnsRoot").value_or("");
  }
  return domain;
}

}  // namespace cal::ad
