#include "probes/ad/membership.h"

#include "probes/ad/distinguished_name.h"
#include "probes/ad/group_walk.h"
#include "probes/ldap/escape.h"
#include "probes/security/well_known_sids.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace cal::ad {

namespace {

using security::Sid;
namespace well_known = security::well_known;

constexpr std::size_t members_as_evidence = 8;

using Through = GroupWalk::Through;

// The name of a foreign security principal is its SID.
std::optional<Sid> foreign_sid(const std::string& member_dn) {
  return Sid::parse_text(first_value(member_dn));
}

struct Members {
  std::vector<std::string> dns;
  std::string cut;  // why some are missing, or empty
};

ldap::Result<Members> members_of(ldap::Session& session, const Group& group, Deadline deadline) {
  auto members = session.all_values(group.dn, "member", deadline);
  if (members) return Members{std::move(*members), ""};
  if (members.error().kind != ldap::FaultKind::server_error) {
    return tl::unexpected(std::move(members.error()));
  }
  return Members{{}, members.error().message};
}

// The chain through one of the group's members. If the walk did not reach the group, its list of
// members decides: memberOf can be hidden.
std::optional<std::vector<const GroupWalk::Node*>> chain_among(const std::vector<std::string>& dns,
                                                               const std::set<Sid>& sids,
                                                               const GroupWalk& walk) {
  for (const auto& dn : dns) {
    const auto sid = foreign_sid(dn);
    if (walk.nodes().contains(dn) || (sid && sids.contains(*sid))) return walk.chain_to(dn);
  }
  return std::nullopt;
}

void take_chain(Membership& membership, const std::vector<const GroupWalk::Node*>& chain) {
  membership.member = true;
  for (const auto* node : chain) membership.chain.push_back(node->name);
  membership.by_primary_group = chain.size() > 1 && chain[1]->by_primary_group;
}

void show_members(Membership& membership, const Members& members) {
  membership.group_size = members.dns.size();
  for (const auto& dn : members.dns) {
    if (membership.group_members.size() == members_as_evidence) return;
    membership.group_members.push_back(first_value(dn));
  }
}

// The groups of an account, walked until the group is reached.
ldap::Result<GroupWalk> walk_from(ldap::Session& session, const Domain& domain,
                                  const Account& account, const Group& group, Through through,
                                  Deadline deadline) {
  GroupWalk walk(session, domain, {account.token_groups.begin(), account.token_groups.end()},
                 through, deadline);
  walk.begin_at(account.dn, account.name);
  if (!account.member_of_cut.empty()) walk.note_cut(account.member_of_cut);
  for (const auto& dn : account.member_of) walk.look_at_dn(dn, account.dn);
  if (account.primary_group_rid) {
    walk.look_at_sid(domain.sid.with_rid(*account.primary_group_rid), account.dn, true);
  }
  walk.look_at_sid(well_known::everyone, account.dn, false);
  walk.look_at_sid(well_known::authenticated_users, account.dn, false);
  if (auto walked = walk.until(group.dn); !walked) return tl::unexpected(std::move(walked.error()));
  return walk;
}

// Names of the distribution groups through which the account would be a member.
ldap::Result<std::vector<std::string>> distribution_groups(
    ldap::Session& session, const Domain& domain, const Account& account, const Group& group,
    const std::vector<std::string>& members, Deadline deadline) {
  const auto walk = walk_from(session, domain, account, group, Through::all_groups, deadline);
  if (!walk) return tl::unexpected(walk.error());
  auto chain = walk->chain_to(group.dn);
  if (chain.empty()) chain = chain_among(members, {}, *walk).value_or(chain);
  std::vector<std::string> names;
  for (const auto* node : chain) {
    if (node->distribution) names.push_back(node->name);
  }
  return names;
}

// Windows includes the built-in groups in tokenGroups (everybody is in Users); other servers leave
// them out, and so does a Global Catalog.
bool decides(const std::vector<Sid>& token, const Group& group) {
  return group.sid.is_builtin() ? std::ranges::any_of(token, &Sid::is_builtin) : !token.empty();
}

// Why an account that was not found in the group may be in it all the same.
std::string what_was_not_seen(const ldap::Session& session, const Account& account,
                              const Group& group, const GroupWalk& walk, const Members& members) {
  if (!group.security) return fmt::format("groupType of {} was not returned", group.name);
  if (!*group.security) return "";
  if (session.is_global_catalog()) {
    return fmt::format(
        "{} is a Global Catalog, which does not show every membership: use port 636 "
        "or 389 in `uri`",
        session.server());
  }
  if (decides(account.token_groups, group)) return "";
  if (!walk.cut().empty()) return walk.cut();
  if (!members.cut.empty()) return members.cut;
  if (account.token_groups.empty() && account.member_of.empty()) {
    return fmt::format("neither tokenGroups nor memberOf of {} was returned", account.name);
  }
  if (!account.primary_group_rid) {
    return fmt::format("neither tokenGroups nor primaryGroupID of {} was returned", account.name);
  }
  return "";
}

}  // namespace

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

ldap::Result<Membership> find_membership(ldap::Session& session, const Domain& domain,
                                         const Account& account, const Group& group,
                                         Deadline deadline) {
  std::set<Sid> sids(account.token_groups.begin(), account.token_groups.end());
  sids.insert({account.sid, well_known::everyone, well_known::authenticated_users});
  if (account.primary_group_rid) sids.insert(domain.sid.with_rid(*account.primary_group_rid));

  const auto walk = walk_from(session, domain, account, group, Through::security_groups, deadline);
  if (!walk) return tl::unexpected(walk.error());
  Membership membership;
  if (const auto chain = walk->chain_to(group.dn); !chain.empty()) {
    take_chain(membership, chain);
    return membership;
  }
  for (const auto& [dn, node] : walk->nodes()) {
    if (!equal_ignoring_case(dn, account.dn)) membership.own_groups.push_back(node.name);
  }
  const auto members = members_of(session, group, deadline);
  if (!members) return tl::unexpected(members.error());
  show_members(membership, *members);
  const bool grants = group.security.value_or(sids.contains(group.sid));
  const auto chain = chain_among(members->dns, sids, *walk);
  if (grants && chain) {
    take_chain(membership, *chain);
    membership.chain.push_back(group.name);
    return membership;
  }
  if (grants && sids.contains(group.sid)) {
    membership.member = true;
    return membership;
  }
  membership.not_seen = what_was_not_seen(session, account, group, *walk, *members);
  auto distribution = distribution_groups(session, domain, account, group, members->dns, deadline);
  if (!distribution) return tl::unexpected(std::move(distribution.error()));
  membership.distribution_groups = std::move(*distribution);
  if (group.security == false) membership.distribution_groups = {group.name};
  return membership;
}

ldap::Result<Membership> find_foreign_membership(ldap::Session& session, const Domain& domain,
                                                 const Sid& sid, const Group& group,
                                                 Deadline deadline) {
  GroupWalk walk(session, domain, {}, Through::security_groups, deadline);
  walk.look_at_sid(sid, "", false);
  if (auto walked = walk.until(group.dn); !walked) return tl::unexpected(std::move(walked.error()));
  Membership membership;
  if (const auto chain = walk.chain_to(group.dn); !chain.empty()) {
    take_chain(membership, chain);
    return membership;
  }
  // A foreign security principal does not always show memberOf; Samba's does not.
  const auto members = members_of(session, group, deadline);
  if (!members) return tl::unexpected(members.error());
  show_members(membership, *members);
  if (const auto chain = chain_among(members->dns, {sid}, walk); chain && group.security == true) {
    take_chain(membership, *chain);
    membership.chain.push_back(group.name);
    return membership;
  }
  membership.not_seen = walk.cut().empty() ? members->cut : walk.cut();
  return membership;
}

}  // namespace cal::ad
