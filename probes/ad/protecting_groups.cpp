#include "probes/ad/protecting_groups.h"

#include "probes/ad/account.h"
#include "probes/ad/group_walk.h"
#include "probes/security/well_known_sids.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cal::ad {

namespace {

using security::Sid;

// Administrators; Account, Server, Print and Backup Operators; Replicator.
constexpr std::array<std::uint32_t, 6> protecting_builtin{544, 548, 549, 550, 551, 552};
// Domain Admins, Domain Controllers, Read-only Domain Controllers.
constexpr std::array<std::uint32_t, 3> protecting_of_domain{512, 516, 521};
// Schema Admins and Enterprise Admins, of the root domain of the forest.
constexpr std::array<std::uint32_t, 2> protecting_of_forest{518, 519};
// Administrator and krbtgt.
constexpr std::array<std::uint32_t, 2> protected_accounts{500, 502};

template <std::size_t n>
bool has(const std::array<std::uint32_t, n>& rids, const Sid& sid) {
  return std::ranges::find(rids, sid.rid().value_or(0)) != rids.end();
}

// Windows includes the built-in groups in tokenGroups; where they are not, the walk decides.
std::string unseen_part(const ldap::Session& session, const Account& account,
                        const GroupWalk& walk) {
  if (session.is_global_catalog()) {
    return fmt::format("{} is a Global Catalog, which does not show every membership",
                       session.server());
  }
  if (std::ranges::any_of(account.token_groups, &Sid::is_builtin)) return "";
  if (!walk.cut().empty()) return walk.cut();
  if (account.token_groups.empty() && account.member_of.empty()) {
    return fmt::format("neither tokenGroups nor memberOf of {} was returned", account.name);
  }
  return "";
}

}  // namespace

bool is_protecting(const Sid& group, const Domain& domain) {
  if (group.is_builtin()) return has(protecting_builtin, group);
  if (!group.is_domain_account()) return false;
  return has(protecting_of_forest, group) ||
         (group.domain() == domain.sid && has(protecting_of_domain, group));
}

Protection find_protection(ldap::Session& session, const Domain& domain, const Sid& account,
                           Deadline deadline) {
  Protection found;
  const auto failed = [&](const std::string& why) {
    found.not_seen = why;
    return found;
  };
  if (!account.is_domain_account() || account.domain() != domain.sid) {
    return failed("its SID was not returned");
  }
  found.is_by_itself = has(protected_accounts, account);
  auto lookup = find_account(session, domain, parse_principal(account.text()), deadline);
  if (!lookup) return failed(lookup.error().message);
  if (!lookup->account) return failed("the account was not found again");
  DirectoryGroups groups(session, domain, deadline);
  const auto walk =
      walk_of_account(groups, domain, *lookup->account, "", GroupWalk::Through::security_groups);
  if (!walk) return failed(walk.error().message);
  for (const auto& [dn, node] : walk->nodes()) {
    if (!node.sid || !is_protecting(*node.sid, domain)) continue;
    found.groups.push_back({node.name, *node.sid, {}});
    for (const auto* each : walk->chain_to(dn)) found.groups.back().chain.push_back(each->name);
  }
  for (const auto& sid : lookup->account->token_groups) {
    const bool is_known =
        std::ranges::find(found.groups, sid, &ProtectingGroup::sid) != found.groups.end();
    if (!is_known && is_protecting(sid, domain)) {
      found.groups.push_back({security::name_of(sid), sid});
    }
  }
  found.not_seen = unseen_part(session, *lookup->account, *walk);
  return found;
}

}  // namespace cal::ad
