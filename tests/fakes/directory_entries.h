// Entries of a directory as the membership probe reads them: users, groups, Administrators.
#pragma once

#include "probes/administrators_membership/administrators_membership.h"
#include "probes/security/well_known_sids.h"
#include "probes/shared/directory_probe.h"
#include "tests/fakes/directory_access.h"
#include "tests/fakes/domain.h"
#include "tests/fakes/ldap_server.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace cal::fakes {

inline const std::string administrators_dn = "CN=Administrators,CN=Builtin," + base;

inline LdapEntry entry(const std::string& dn, std::vector<LdapEntry::Attribute> attributes) {
  attributes.push_back({"distinguishedName", {dn}});
  return {dn, std::move(attributes)};
}

inline LdapEntry user(const std::string& name, std::uint32_t rid,
                      std::vector<std::string> member_of) {
  LdapEntry made =
      entry("CN=" + name + ",CN=Users," + base, {{"sAMAccountName", {name}},
                                                 {"objectClass", {"user"}},
                                                 {"objectSid", {domain_sid.with_rid(rid).octets()}},
                                                 {"userAccountControl", {"512"}},
                                                 {"primaryGroupID", {"513"}},
                                                 {"accountExpires", {"9223372036854775807"}},
                                                 {"msDS-User-Account-Control-Computed", {"0"}}});
  if (!member_of.empty()) made.attributes.push_back({"memberOf", std::move(member_of)});
  return made;
}

inline LdapEntry with(LdapEntry entry, const std::string& attribute,
                      std::vector<std::string> values) {
  entry.attributes.push_back({attribute, std::move(values)});
  return entry;
}

inline LdapEntry without(LdapEntry entry, const std::string& attribute) {
  std::erase_if(entry.attributes, [&](const auto& each) { return each.name == attribute; });
  return entry;
}

inline std::string dn_of(const std::string& name) { return "CN=" + name + ",CN=Users," + base; }

inline const std::string security_group = "-2147483646";
inline const std::string distribution_group = "2";

inline LdapEntry group(const std::string& name, std::uint32_t rid, const std::string& type,
                       std::vector<std::string> member_of) {
  auto made = entry(dn_of(name), {{"sAMAccountName", {name}},
                                  {"objectClass", {"group"}},
                                  {"objectSid", {domain_sid.with_rid(rid).octets()}},
                                  {"groupType", {type}}});
  if (!member_of.empty()) made.attributes.push_back({"memberOf", std::move(member_of)});
  return made;
}

inline LdapEntry administrators(std::vector<std::string> members) {
  return entry(administrators_dn, {{"sAMAccountName", {"Administrators"}},
                                   {"objectClass", {"group"}},
                                   {"groupType", {"-2147483643"}},
                                   {"objectSid", {security::well_known::administrators.octets()}},
                                   {"member", std::move(members)}});
}

inline const std::string domain_users = domain_sid.with_rid(513).octets();
inline const std::string builtin_users = security::Sid::parse_text("S-1-5-32-545")->octets();

inline Outcome ask_all(const LdapServer& server,
                       std::vector<administrators_membership::Requirement> requirements,
                       std::string licensing_server = "") {
  using Settings = administrators_membership::Settings;
  using Membership =
      DirectoryProbe<Settings, administrators_membership::gather, administrators_membership::judge>;
  return run_probe<Membership>(server,
                               Settings{std::move(requirements), std::move(licensing_server)});
}

inline Outcome ask(const LdapServer& server, const std::string& account = "EBS\\licadmin") {
  return ask_all(server, {{account}});
}

}  // namespace cal::fakes
