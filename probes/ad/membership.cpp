#include "probes/ad/membership.h"

#include "probes/ldap/escape.h"
#include "probes/security/well_known_sids.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace cal::ad {

namespace {

using security::Sid;
namespace well_known = security::well_known;

constexpr std::size_t max_groups = 5'000;    // walked upward from one account
constexpr std::size_t keys_per_search = 50;  // in one filter
constexpr std::size_t members_as_evidence = 8;

// A node of the walk: a group, the account, or a foreign security principal.
struct Node {
  std::string name;
  std::string reached_from;  // DN; empty for the start of the walk
  bool by_primary_group = false;
};

// The first value of a DN, unescaped well enough to show.
std::string first_value(const std::string& dn) {
  const auto begin = dn.find('=') + 1;
  std::string value;
  for (auto i = begin; i < dn.size() && dn[i] != ','; ++i) {
    if (dn[i] == '\\' && i + 1 < dn.size()) ++i;
    value += dn[i];
  }
  return value;
}

// The name of a foreign security principal is its SID.
std::optional<Sid> foreign_sid(const std::string& member_dn) {
  return Sid::parse_text(first_value(member_dn));
}

// Shows "Authenticated Users" for a foreign security principal, whose name is only a SID.
std::string name_of(const ldap::Entry& entry) {
  if (const auto name = entry.first("sAMAccountName")) return *name;
  const auto sid = foreign_sid(entry.dn());
  return sid ? security::name_of(*sid) : first_value(entry.dn());
}

// Walks upward through memberOf, breadth first, so the first chain found is a shortest one. Each
// object is visited once, so cycles end.
class Walk {
 public:
  Walk(ldap::Session& session, const Domain& domain, Deadline deadline)
      : session_(session), domain_(domain), deadline_(deadline) {}

  void begin_at(const std::string& dn, std::string name) { nodes_[dn] = {std::move(name), ""}; }

  void look_at_dn(const std::string& dn, const std::string& from) {
    if (nodes_.contains(dn)) return;
    keys_.push_back({fmt::format("(distinguishedName={})", ldap::escape_filter(dn)), from, false});
  }

  void look_at_sid(const Sid& sid, const std::string& from, bool by_primary_group) {
    keys_.push_back({fmt::format("(objectSid={})", ldap::escape_filter(sid.octets())), from,
                     by_primary_group, sid});
  }

  // Until the group is reached or nothing is left to visit.
  ldap::Result<void> until(const Group& group) {
    while (!keys_.empty() && !nodes_.contains(group.dn) && nodes_.size() < max_groups) {
      const auto count = std::min(keys_.size(), keys_per_search);
      std::vector<Key> keys(keys_.begin(), keys_.begin() + static_cast<std::ptrdiff_t>(count));
      keys_.erase(keys_.begin(), keys_.begin() + static_cast<std::ptrdiff_t>(count));
      if (auto done = look(keys); !done) return done;
    }
    return {};
  }

  const std::map<std::string, Node>& nodes() const { return nodes_; }

  // From the start of the walk to `dn`.
  std::vector<const Node*> chain_to(const std::string& dn) const {
    std::vector<const Node*> chain;
    for (auto at = nodes_.find(dn); at != nodes_.end(); at = nodes_.find(at->second.reached_from)) {
      chain.push_back(&at->second);
    }
    std::ranges::reverse(chain);
    return chain;
  }

 private:
  struct Key {
    std::string filter;
    std::string from;
    bool by_primary_group;
    std::optional<Sid> sid = std::nullopt;
  };

  ldap::Result<void> look(const std::vector<Key>& keys) {
    std::string filter = "(|";
    for (const auto& key : keys) filter += key.filter;
    auto found = session_.search({.base = domain_.dn,
                                  .filter = filter + ")",
                                  .attributes = {"sAMAccountName", "objectSid", "memberOf"}},
                                 deadline_);
    if (!found) return tl::unexpected(std::move(found.error()));
    for (const auto& entry : *found) {
      const auto sid = Sid::parse_octets(entry.first("objectSid").value_or(""));
      const auto key = std::ranges::find_if(keys, [&](const Key& candidate) {
        return candidate.sid ? candidate.sid == sid
                             : candidate.filter == fmt::format("(distinguishedName={})",
                                                               ldap::escape_filter(entry.dn()));
      });
      const bool primary = key != keys.end() && key->by_primary_group;
      const auto from = key != keys.end() ? key->from : keys.front().from;
      const auto name = name_of(entry);
      if (!nodes_.try_emplace(entry.dn(), Node{name, from, primary}).second) continue;
      for (const auto& dn : entry.values("memberOf")) look_at_dn(dn, entry.dn());
    }
    return {};
  }

  ldap::Session& session_;
  const Domain& domain_;
  Deadline deadline_;
  std::map<std::string, Node> nodes_;  // by DN
  std::vector<Key> keys_;
};

void take_chain(Membership& membership, const Walk& walk, const std::string& dn) {
  const auto chain = walk.chain_to(dn);
  for (const auto* node : chain) membership.chain.push_back(node->name);
  membership.by_primary_group = chain.size() > 1 && chain[1]->by_primary_group;
}

// If the walk did not reach the group, its list of members decides: memberOf can be hidden.
ldap::Result<void> look_among_members(ldap::Session& session, const Group& group,
                                      const std::set<Sid>& sids, const Walk& walk,
                                      Membership& membership, Deadline deadline) {
  const auto members = session.all_values(group.dn, "member", deadline);
  if (!members) return tl::unexpected(members.error());
  membership.group_size = members->size();
  for (const auto& dn : *members) {
    const auto sid = foreign_sid(dn);
    const bool holds = walk.nodes().contains(dn) || (sid && sids.contains(*sid));
    if (holds && !membership.member) {
      membership.member = true;
      take_chain(membership, walk, dn);
      membership.chain.push_back(group.name);
    }
    if (membership.group_members.size() < members_as_evidence) {
      membership.group_members.push_back(first_value(dn));
    }
  }
  return {};
}

}  // namespace

ldap::Result<std::optional<Group>> find_group(ldap::Session& session, const Domain& domain,
                                              const std::string& name, Deadline deadline) {
  const auto parsed = parse_principal(name);
  ldap::Result<std::optional<ldap::Entry>> entry = std::nullopt;
  const std::vector<std::string> attributes{"sAMAccountName", "objectSid"};
  if (parsed.form == NameForm::sid) {
    entry = session.read(fmt::format("<SID={}>", name), attributes, deadline);
  } else if (parsed.form == NameForm::distinguished_name) {
    entry = session.read(name, attributes, deadline);
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
               (*entry)->first("sAMAccountName").value_or(first_value((*entry)->dn())), *sid};
}

ldap::Result<Membership> find_membership(ldap::Session& session, const Domain& domain,
                                         const Account& account, const Group& group,
                                         Deadline deadline) {
  std::set<Sid> sids(account.token_groups.begin(), account.token_groups.end());
  sids.insert({account.sid, well_known::everyone, well_known::authenticated_users});

  Walk walk(session, domain, deadline);
  walk.begin_at(account.dn, account.name);
  for (const auto& dn : account.member_of) walk.look_at_dn(dn, account.dn);
  if (account.primary_group_rid) {
    const auto primary = domain.sid.with_rid(*account.primary_group_rid);
    sids.insert(primary);
    walk.look_at_sid(primary, account.dn, true);
  }
  walk.look_at_sid(well_known::everyone, account.dn, false);
  walk.look_at_sid(well_known::authenticated_users, account.dn, false);
  if (auto walked = walk.until(group); !walked) return tl::unexpected(std::move(walked.error()));

  Membership membership;
  if (walk.nodes().contains(group.dn)) {
    membership.member = true;
    take_chain(membership, walk, group.dn);
    return membership;
  }
  for (const auto& [dn, node] : walk.nodes()) {
    if (dn != account.dn) membership.own_groups.push_back(node.name);
  }
  auto looked = look_among_members(session, group, sids, walk, membership, deadline);
  if (!looked) return tl::unexpected(std::move(looked.error()));
  if (sids.contains(group.sid)) membership.member = true;
  return membership;
}

ldap::Result<Membership> find_foreign_membership(ldap::Session& session, const Domain& domain,
                                                 const Sid& sid, const Group& group,
                                                 Deadline deadline) {
  Walk walk(session, domain, deadline);
  walk.look_at_sid(sid, "", false);
  if (auto walked = walk.until(group); !walked) return tl::unexpected(std::move(walked.error()));
  Membership membership;
  membership.member = walk.nodes().contains(group.dn);
  if (membership.member) {
    take_chain(membership, walk, group.dn);
    return membership;
  }
  // A foreign security principal does not always show memberOf; Samba's does not.
  auto looked = look_among_members(session, group, {sid}, walk, membership, deadline);
  if (!looked) return tl::unexpected(std::move(looked.error()));
  return membership;
}

}  // namespace cal::ad
