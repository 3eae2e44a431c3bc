#include "probes/ad/group_walk.h"

#include "probes/ad/distinguished_name.h"
#include "probes/security/well_known_sids.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal::ad {

namespace {

using security::Sid;

constexpr std::size_t max_groups = 5'000;    // walked upward from one account
constexpr std::size_t keys_per_search = 50;  // in one filter

}  // namespace

GroupWalk::GroupWalk(GroupSource& groups, const Domain& domain, std::set<Sid> token,
                     Through through)
    : groups_(groups), domain_(domain), token_(std::move(token)), through_(through) {}

void GroupWalk::look_at_dn(const std::string& dn, const std::string& from) {
  if (nodes_.contains(dn)) return;
  if (!is_of_domain(dn, domain_.dn)) {
    return note_cut(fmt::format("{} belongs to another domain", first_value(dn)));
  }
  keys_.push_back({.group = {.dn = dn}, .what = first_value(dn), .from = from});
}

void GroupWalk::look_at_sid(const Sid& sid, const std::string& from, bool by_primary_group) {
  keys_.push_back({.group = {.sid = sid},
                   .what = security::name_of(sid),
                   .from = from,
                   .by_primary_group = by_primary_group});
}

void GroupWalk::note_cut(const std::string& why) {
  if (cut_.empty()) cut_ = why;
}

ldap::Result<void> GroupWalk::until(const std::string& group_dn) {
  while (!keys_.empty() && !nodes_.contains(group_dn)) {
    if (nodes_.size() >= max_groups) {
      note_cut(fmt::format("there are more than {} groups", max_groups));
      return {};
    }
    const auto end =
        keys_.begin() + static_cast<std::ptrdiff_t>(std::min(keys_.size(), keys_per_search));
    std::vector<Key> keys(keys_.begin(), end);
    keys_.erase(keys_.begin(), end);
    if (auto done = look(std::move(keys)); !done) return done;
  }
  return {};
}

std::vector<const GroupWalk::Node*> GroupWalk::chain_to(const std::string& dn) const {
  std::vector<const Node*> chain;
  for (auto at = nodes_.find(dn); at != nodes_.end(); at = nodes_.find(at->second.reached_from)) {
    chain.push_back(&at->second);
  }
  std::ranges::reverse(chain);
  return chain;
}

ldap::Result<void> GroupWalk::look(std::vector<Key> keys) {
  std::vector<GroupKey> asked;
  asked.reserve(keys.size());
  for (const auto& key : keys) asked.push_back(key.group);
  auto found = groups_.look(asked);
  if (!found && found.error().kind == ldap::FaultKind::server_error) {
    note_cut(found.error().message);
    return {};
  }
  if (!found) return tl::unexpected(std::move(found.error()));
  for (const auto& group : *found) {
    const auto key = std::ranges::find_if(
        keys, [&](const Key& candidate) { return candidate.group.matches(group); });
    if (key == keys.end()) continue;
    key->found = true;
    visit(group, *key);
  }
  for (const auto& key : keys) {
    // Everyone and the like are in the directory only if they are members of something.
    const bool may_be_absent = key.group.sid && !key.by_primary_group;
    if (!key.found && !may_be_absent) {
      note_cut(fmt::format("{} is hidden from the agent", key.what));
    }
  }
  return {};
}

void GroupWalk::visit(const SeenGroup& group, const Key& key) {
  if (nodes_.contains(group.dn) || !leads_on(group)) return;
  nodes_[group.dn] = {group.name, key.from, key.by_primary_group, group.security == false,
                      group.sid};
  if (!group.cut.empty()) note_cut(group.cut);
  for (const auto& dn : group.member_of) look_at_dn(dn, group.dn);
}

bool GroupWalk::leads_on(const SeenGroup& group) {
  if (through_ == Through::all_groups) return true;
  if (group.security == false) return false;
  const auto& sid = group.sid;
  if (!token_.empty() && sid && sid->is_domain_account()) return token_.contains(*sid);
  if (!group.security) note_cut(fmt::format("groupType of {} was not returned", group.name));
  return group.security.has_value();
}

ldap::Result<GroupWalk> walk_of_account(GroupSource& groups, const Domain& domain,
                                        const Account& account, const std::string& group_dn,
                                        GroupWalk::Through through) {
  GroupWalk walk(groups, domain, {account.token_groups.begin(), account.token_groups.end()},
                 through);
  walk.begin_at(account.dn, account.name);
  if (!account.member_of_cut.empty()) walk.note_cut(account.member_of_cut);
  for (const auto& dn : account.member_of) walk.look_at_dn(dn, account.dn);
  if (account.primary_group_rid) {
    walk.look_at_sid(domain.sid.with_rid(*account.primary_group_rid), account.dn, true);
  }
  walk.look_at_sid(security::well_known::everyone, account.dn, false);
  walk.look_at_sid(security::well_known::authenticated_users, account.dn, false);
  if (auto walked = walk.until(group_dn); !walked) return tl::unexpected(std::move(walked.error()));
  return walk;
}

}  // namespace cal::ad
