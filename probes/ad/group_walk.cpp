#include "probes/ad/group_walk.h"

#include "probes/ad/distinguished_name.h"
#include "probes/ad/whole_attribute.h"
#include "probes/ldap/escape.h"
#include "probes/security/well_known_sids.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal::ad {

namespace {

using security::Sid;

constexpr std::size_t max_groups = 5'000;    // walked upward from one account
constexpr std::size_t keys_per_search = 50;  // in one filter

std::optional<Sid> sid_of(const ldap::Entry& entry) {
  return Sid::parse_octets(entry.first("objectSid").value_or(""));
}

}  // namespace

GroupWalk::GroupWalk(ldap::Session& session, const Domain& domain, std::set<Sid> token,
                     Through through, Deadline deadline)
    : session_(session),
      domain_(domain),
      token_(std::move(token)),
      through_(through),
      deadline_(deadline) {}

void GroupWalk::look_at_dn(const std::string& dn, const std::string& from) {
  if (nodes_.contains(dn)) return;
  if (!is_of_domain(dn, domain_.dn)) {
    return note_cut(fmt::format("{} belongs to another domain", first_value(dn)));
  }
  keys_.push_back({.filter = filter_by_dn(dn), .what = first_value(dn), .from = from, .dn = dn});
}

void GroupWalk::look_at_sid(const Sid& sid, const std::string& from, bool by_primary_group) {
  keys_.push_back({.filter = fmt::format("(objectSid={})", ldap::escape_filter(sid.octets())),
                   .what = security::name_of(sid),
                   .from = from,
                   .by_primary_group = by_primary_group,
                   .sid = sid});
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

bool GroupWalk::Key::matches(const ldap::Entry& entry) const {
  return sid ? sid == sid_of(entry) : equal_ignoring_case(dn, entry.dn());
}

ldap::Result<void> GroupWalk::look(std::vector<Key> keys) {
  std::string filter = "(|";
  for (const auto& key : keys) filter += key.filter;
  auto found =
      session_.search({.base = domain_.dn,
                       .filter = filter + ")",
                       .attributes = {"sAMAccountName", "objectSid", "groupType", "memberOf"}},
                      deadline_);
  if (!found && found.error().kind == ldap::FaultKind::server_error) {
    note_cut(found.error().message);
    return {};
  }
  if (!found) return tl::unexpected(std::move(found.error()));
  for (const auto& entry : *found) {
    const auto key =
        std::ranges::find_if(keys, [&](const Key& candidate) { return candidate.matches(entry); });
    if (key == keys.end()) continue;
    key->found = true;
    if (auto done = visit(entry, *key); !done) return done;
  }
  for (const auto& key : keys) {
    // Everyone and the like are in the directory only if they are members of something.
    const bool may_be_absent = key.sid && !key.by_primary_group;
    if (!key.found && !may_be_absent) {
      note_cut(fmt::format("{} is hidden from the agent", key.what));
    }
  }
  return {};
}

ldap::Result<void> GroupWalk::visit(const ldap::Entry& entry, const Key& key) {
  if (nodes_.contains(entry.dn()) || !leads_on(entry)) return {};
  const bool distribution = is_security_group(entry) == false;
  nodes_[entry.dn()] = {shown_name(entry), key.from, key.by_primary_group, distribution};
  auto member_of = whole_attribute(session_, entry, "memberOf", deadline_);
  if (!member_of) return tl::unexpected(std::move(member_of.error()));
  if (!member_of->cut.empty()) note_cut(member_of->cut);
  for (const auto& dn : member_of->values) look_at_dn(dn, entry.dn());
  return {};
}

bool GroupWalk::leads_on(const ldap::Entry& entry) {
  if (through_ == Through::all_groups) return true;
  const auto security = is_security_group(entry);
  if (security == false) return false;
  const auto sid = sid_of(entry);
  if (!token_.empty() && sid && sid->is_domain_account()) return token_.contains(*sid);
  if (!security) note_cut(fmt::format("groupType of {} was not returned", shown_name(entry)));
  return security.has_value();
}

}  // namespace cal::ad
