#include "probes/ad/membership.h"

#include "probes/ad/distinguished_name.h"
#include "probes/ad/group_members.h"
#include "probes/ad/group_walk.h"
#include "probes/ad/member_search.h"
#include "probes/security/well_known_sids.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace cal::ad {

namespace {

using security::Sid;
namespace well_known = security::well_known;

constexpr std::size_t members_as_evidence = 8;

using Through = GroupWalk::Through;

// The member through which the account is one: a node of the walk, or one whose SID is among
// `sids`. The list of members decides if the walk did not reach the group: memberOf can be hidden.
const MemberValue* member_among(const std::vector<MemberValue>& members, const std::set<Sid>& sids,
                                const GroupWalk& walk) {
  const auto found = std::ranges::find_if(members, [&](const MemberValue& member) {
    return walk.nodes().contains(member.dn) || (member.sid && sids.contains(*member.sid));
  });
  return found == members.end() ? nullptr : &*found;
}

void take_chain(Membership& membership, const std::vector<const GroupWalk::Node*>& chain) {
  membership.member = true;
  for (const auto* node : chain) membership.chain.push_back(node->name);
  membership.by_primary_group = chain.size() > 1 && chain[1]->by_primary_group;
}

// From the account to the group.
std::vector<std::string> through(const std::string& name, const Sid& own,
                                 const FoundMember& found) {
  auto chain = found.chain;
  if (found.sid == own) {
    chain.front() = name;
  } else {
    chain.insert(chain.begin(), name);
  }
  return chain;
}

void show_members(Membership& membership, const GroupMembers& members) {
  membership.group_size = members.values.size();
  for (const auto& member : members.values) {
    if (membership.group_members.size() == members_as_evidence) return;
    membership.group_members.push_back(first_value(member.dn));
  }
}

// Names of the distribution groups through which the account would be a member.
ldap::Result<std::vector<std::string>> distribution_groups(
    GroupSource& groups, const Domain& domain, const Account& account, const Group& group,
    const std::vector<MemberValue>& members) {
  const auto walk = walk_of_account(groups, domain, account, group.dn, Through::all_groups);
  if (!walk) return tl::unexpected(walk.error());
  auto chain = walk->chain_to(group.dn);
  if (const auto* member = member_among(members, {}, *walk); chain.empty() && member != nullptr) {
    chain = walk->chain_to(member->dn);
  }
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
                              const Group& group, const GroupWalk& walk,
                              const GroupMembers& members) {
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

ldap::Result<Membership> find_membership(ldap::Session& session, const Domain& domain,
                                         const Account& account, const Group& group,
                                         Deadline deadline) {
  std::set<Sid> sids(account.token_groups.begin(), account.token_groups.end());
  sids.insert({account.sid, well_known::everyone, well_known::authenticated_users});
  if (account.primary_group_rid) sids.insert(domain.sid.with_rid(*account.primary_group_rid));

  DirectoryGroups groups(session, domain, deadline);
  const auto walk = walk_of_account(groups, domain, account, group.dn, Through::security_groups);
  if (!walk) return tl::unexpected(walk.error());
  Membership membership;
  if (const auto chain = walk->chain_to(group.dn); !chain.empty()) {
    take_chain(membership, chain);
    return membership;
  }
  for (const auto& [dn, node] : walk->nodes()) {
    if (!equal_ignoring_case(dn, account.dn)) membership.own_groups.push_back(node.name);
  }
  const auto members = read_members(session, group.dn, deadline);
  if (!members) return tl::unexpected(members.error());
  show_members(membership, *members);
  const bool grants = group.security.value_or(sids.contains(group.sid));
  if (const auto* member = member_among(members->values, sids, *walk); grants && member) {
    take_chain(membership, walk->chain_to(member->dn));
    if (membership.chain.empty()) membership.chain = {account.name, shown_member(*member)};
    membership.chain.push_back(group.name);
    return membership;
  }
  if (grants && sids.contains(group.sid)) {
    membership.member = true;
    return membership;
  }
  membership.not_seen = what_was_not_seen(session, account, group, *walk, *members);
  if (grants && !membership.not_seen.empty()) {
    // A group of another domain may be in between, whose SID is in the token.
    const auto found = search_members(session, domain, group, sids, deadline);
    if (!found) return tl::unexpected(found.error());
    if (found->sid) {
      membership.member = true;
      membership.chain = through(account.name, account.sid, *found);
      return membership;
    }
  }
  membership.seen = groups.seen();
  auto distribution = distribution_groups(groups, domain, account, group, members->values);
  if (!distribution) return tl::unexpected(std::move(distribution.error()));
  membership.distribution_groups = std::move(*distribution);
  if (group.security == false) membership.distribution_groups = {group.name};
  return membership;
}

Membership membership_after(const std::vector<SeenGroup>& groups, const Domain& domain,
                            Account account, const std::string& added_to, const Group& group) {
  KnownGroups known(groups);
  account.member_of.push_back(added_to);
  if (!account.token_groups.empty()) {
    GroupWalk up(known, domain, {}, Through::security_groups);
    up.look_at_dn(added_to, "");
    if (!up.to_the_end()) return {};
    for (const auto& [dn, node] : up.nodes()) {
      if (node.sid) account.token_groups.push_back(*node.sid);
    }
  }
  Membership membership;
  const auto walk = walk_of_account(known, domain, account, group.dn, Through::security_groups);
  if (!walk) return membership;
  take_chain(membership, walk->chain_to(group.dn));
  membership.member = !membership.chain.empty();
  if (!membership.member) membership.not_seen = walk->cut();
  return membership;
}

ldap::Result<Membership> find_foreign_membership(ldap::Session& session, const Domain& domain,
                                                 const ForeignToken& token, const Group& group,
                                                 Deadline deadline) {
  Membership membership;
  const auto search = [&](const std::set<Sid>& sids) {
    return search_members(session, domain, group, sids, deadline);
  };
  auto sids = token.sids;
  sids.insert({token.own, well_known::everyone, well_known::authenticated_users});
  auto found = search(sids);
  if (!found) return tl::unexpected(std::move(found.error()));
  show_members(membership, {found->members, ""});
  membership.distribution_groups = found->distribution_groups;
  membership.not_seen = found->cut;
  if (!group.security) membership.not_seen = fmt::format("groupType of {} is hidden", group.name);
  if (found->sid && group.security) {
    membership.member = true;
    membership.chain = through(token.name, token.own, *found);
    return membership;
  }
  if (token.doubtful.empty()) return membership;
  sids.insert(token.doubtful.begin(), token.doubtful.end());
  found = search(sids);
  if (!found) return tl::unexpected(std::move(found.error()));
  if (found->sid) {
    membership.not_seen =
        fmt::format("it is a member through {}, if SID filtering lets that group in",
                    fmt::join(through(token.name, token.own, *found), " > "));
  }
  return membership;
}

}  // namespace cal::ad
