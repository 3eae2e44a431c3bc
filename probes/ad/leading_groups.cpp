#include "probes/ad/leading_groups.h"

#include "probes/ad/group_walk.h"
#include "probes/ldap/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace cal::ad {

namespace {

constexpr int max_levels = 4;
constexpr std::size_t max_below = 50;

std::uint32_t rid_of(const security::Sid& sid) { return sid.sub_authorities().back(); }

bool is_of_every_domain(const security::Sid& sid) {
  constexpr std::uint32_t first_free_rid = 1000;
  return !sid.is_domain_account() || rid_of(sid) < first_free_rid;
}

bool is_too_powerful(const std::optional<security::Sid>& sid) {
  constexpr std::array<std::uint32_t, 3> domain_schema_and_enterprise_admins{512, 518, 519};
  return sid && sid->is_domain_account() &&
         std::ranges::find(domain_schema_and_enterprise_admins, rid_of(*sid)) !=
             domain_schema_and_enterprise_admins.end();
}

// All groups that `group` leads to, itself included; empty if something cannot be seen.
std::optional<GroupWalk::Nodes> all_above(const std::vector<SeenGroup>& seen, const Domain& domain,
                                          const std::string& dn) {
  KnownGroups known(seen);
  GroupWalk walk(known, domain, {}, GroupWalk::Through::security_groups);
  walk.look_at_dn(dn, "");
  if (!walk.to_the_end() || !walk.cut().empty()) return std::nullopt;
  return walk.nodes();
}

}  // namespace

ldap::Result<std::vector<SeenGroup>> find_groups_below(ldap::Session& session, const Domain& domain,
                                                       const Group& group, Deadline deadline) {
  DirectoryGroups groups(session, domain, deadline);
  std::set<std::string> below;
  std::vector<std::string> level{group.dn};
  for (int i = 0; i < max_levels && !level.empty() && below.size() < max_below; ++i) {
    std::string filter = "(&(objectClass=group)(|";
    for (const auto& dn : level) filter += fmt::format("(memberOf={})", ldap::escape_filter(dn));
    const auto found = groups.search(filter + "))");
    if (!found) return tl::unexpected(found.error());
    level.clear();
    for (const auto& each : *found) {
      if (below.size() < max_below && below.insert(each.dn).second) level.push_back(each.dn);
    }
  }
  GroupWalk up(groups, domain, {}, GroupWalk::Through::security_groups);
  for (const auto& dn : below) up.look_at_dn(dn, "");
  if (auto walked = up.to_the_end(); !walked) return tl::unexpected(std::move(walked.error()));
  return groups.seen();
}

std::vector<LeadingGroup> leading_groups(const std::vector<SeenGroup>& seen, const Domain& domain,
                                         const Group& group) {
  std::vector<LeadingGroup> leading;
  std::set<security::Sid> looked_at;
  for (const auto& [dn, name, sid, security, member_of, cut] : seen) {
    if (!sid || is_of_every_domain(*sid) || !looked_at.insert(*sid).second) continue;
    const auto above = all_above(seen, domain, dn);
    if (!above || !above->contains(dn) || !above->contains(group.dn) || sid == group.sid) continue;
    LeadingGroup candidate{{dn, name, *sid, security}, {}};
    bool offered = true;
    for (const auto& [each, node] : *above) {
      candidate.gives.push_back(node.name);
      offered = offered && !is_too_powerful(node.sid);
    }
    if (offered) leading.push_back(std::move(candidate));
  }
  std::ranges::sort(leading, {}, [](const LeadingGroup& each) {
    return std::tuple(each.gives.size(), each.group.name);
  });
  return leading;
}

}  // namespace cal::ad
