// What the directory shows for each requirement.
#include "probes/ad/forest.h"
#include "probes/ad/leading_groups.h"
#include "probes/ad/timed_membership.h"
#include "probes/administrators_membership/account_history.h"
#include "probes/administrators_membership/administrators_membership.h"
#include "probes/administrators_membership/membership_plan.h"

#include <chrono>
#include <map>
#include <string>
#include <utility>

namespace cal::administrators_membership {

namespace {

using ad::AccountLookup;

// What the session's own domain shows.
ldap::Result<AccountFacts> gather_account(ldap::Session& session, const ad::Domain& domain,
                                          const Requirement& required,
                                          const ldap::Result<ad::GroupLookup>& found_group,
                                          Deadline deadline, SystemTime now) {
  if (!found_group) return tl::unexpected(found_group.error());
  AccountFacts facts{required, found_group->group};
  facts.groups_of_that_name = found_group->namesakes;
  if (!facts.group) return facts;
  const auto name = ad::parse_principal(required.account);
  auto lookup = ad::find_account(session, domain, name, deadline);
  if (!lookup) return tl::unexpected(std::move(lookup.error()));
  facts.lookup = std::move(*lookup);
  ldap::Result<ad::Membership> membership;
  if (facts.lookup.account) {
    facts.obstacle = ad::logon_obstacle(*facts.lookup.account, now);
    membership =
        ad::find_membership(session, domain, *facts.lookup.account, *facts.group, deadline);
  } else if (const auto sid = security::Sid::parse_text(name.name);
             sid && facts.lookup.result == AccountLookup::Result::well_known) {
    membership = ad::find_foreign_membership(session, domain, {required.account, *sid},
                                             *facts.group, deadline);
  } else {
    return facts;
  }
  if (!membership) return tl::unexpected(std::move(membership.error()));
  facts.membership = std::move(*membership);
  return facts;
}

// Whether the trusts between the two domains let the account in with all of its groups, as far as
// they can be seen; see README.md.
void judge_trust(const ad::ForeignAccount& foreign, AccountFacts& facts, ad::ForeignToken& token) {
  const auto& domain = foreign.domain;
  const auto& trust = domain.trust;
  const bool is_seen = domain.is_in_forest || (trust && trust->attributes);
  if (!is_seen && !facts.required.is_license_server()) {
    facts.doubt =
        "the trust with its domain is not visible (a trustedDomain object in CN=System, with "
        "trustAttributes), so whether it lets the account in is unknown";
  }
  if (trust && trust->is_selective()) {
    facts.doubt =
        "the trust uses selective authentication: the account also needs the right Allowed to "
        "Authenticate on the server, which is not visible here";
  }
  const bool is_filtered = !domain.is_in_forest || (trust && trust->is_quarantined());
  constexpr std::uint32_t first_free_rid = 1000;  // lower ones are filtered between forests
  for (const auto& sid : foreign.groups) {
    const bool is_own = sid.domain() == token.own.domain() &&
                        (domain.is_in_forest || sid.sub_authorities().back() >= first_free_rid);
    (is_own || !is_filtered ? token.sids : token.doubtful).insert(sid);
  }
}

// What the other domains show of an account that is not of the session's.
ldap::Result<void> ask_forest(ad::Forest& forest, ldap::Session& session, const ad::Domain& domain,
                              AccountFacts& facts, Deadline deadline, SystemTime now) {
  const auto name = ad::parse_principal(facts.required.account);
  auto foreign = forest.find(name, deadline);
  if (!foreign) return tl::unexpected(std::move(foreign.error()));
  if (foreign->lookup.result != AccountLookup::Result::other_domain) {
    facts.lookup = foreign->lookup;
  }
  facts.foreign_domain = foreign->domain.names.dns_name;
  facts.needed = foreign->needed;
  ad::ForeignToken token{facts.required.account, {}};
  const auto result = facts.lookup.result;
  const bool may_exist =
      result != AccountLookup::Result::unusable_name && result != AccountLookup::Result::not_found;
  const auto sid = security::Sid::parse_text(name.name);
  if (const auto& account = facts.lookup.account) {
    facts.obstacle = ad::logon_obstacle(*account, now);
    token = {account->name, account->sid};
  } else if (may_exist && sid) {
    token.own = *sid;
  } else {
    return {};
  }
  judge_trust(*foreign, facts, token);
  auto membership = ad::find_foreign_membership(session, domain, token, *facts.group, deadline);
  if (!membership) return tl::unexpected(std::move(membership.error()));
  facts.membership = std::move(*membership);
  return {};
}

// What a plan for accounts that are not members needs. The answers about the accounts are complete
// without it, so a fault here is none of theirs.
void look_for_ways_in(ldap::Session& session, const Settings& settings, Facts& facts,
                      Deadline deadline) {
  std::map<std::string, std::vector<ad::SeenGroup>> below;
  for (auto& account : facts.accounts) {
    if (!is_outside(account) || !account.lookup.account || !account.group) continue;
    if (account.required.is_license_server()) continue;
    const auto [at, is_new] = below.try_emplace(account.group->dn);
    if (is_new) {
      auto found = ad::find_groups_below(session, facts.domain, *account.group, deadline);
      if (found) at->second = std::move(*found);
    }
    account.groups_below = at->second;
  }
  if (below.empty()) return;
  if (const auto timed = ad::has_timed_membership(session, deadline)) {
    facts.has_timed_membership = *timed;
  }
  if (settings.licensing_server.empty()) return;
  const auto name = ad::parse_principal(settings.licensing_server);
  if (auto found = ad::find_account(session, facts.domain, name, deadline)) {
    facts.licensing_server = std::move(found->account);
  }
}

AccountFacts failed(const Requirement& required, const ldap::Fault& fault) {
  AccountFacts facts{required, std::nullopt};
  facts.fault = fault;
  return facts;
}

}  // namespace

bool concerns_all(const ldap::Fault& fault) {
  return fault.kind != ldap::FaultKind::server_error &&
         fault.kind != ldap::FaultKind::not_permitted;
}

ldap::Result<Facts> gather(ldap::Session& session, const ldap::Directory& directory,
                           const Settings& settings, Deadline deadline) {
  const auto now = std::chrono::system_clock::now();
  auto domain = ad::read_domain(session, deadline);
  if (!domain) return tl::unexpected(std::move(domain.error()));
  Facts facts{session.server(), {}, now, *domain};
  std::map<std::string, ldap::Result<ad::GroupLookup>> groups;
  for (const auto& required : settings.requirements) {
    if (!groups.contains(required.group)) {
      groups[required.group] = ad::find_group(session, *domain, required.group, deadline);
    }
    auto account =
        gather_account(session, *domain, required, groups[required.group], deadline, now);
    if (!account && concerns_all(account.error())) return tl::unexpected(account.error());
    facts.accounts.push_back(account ? std::move(*account) : failed(required, account.error()));
  }
  // Last, since another domain that does not answer takes the time of the others.
  ad::Forest forest(directory, session, *domain);
  for (auto& account : facts.accounts) {
    if (account.lookup.result != AccountLookup::Result::other_domain || !account.group) continue;
    if (auto asked = ask_forest(forest, session, *domain, account, deadline, now); !asked) {
      account = failed(account.required, asked.error());
    }
  }
  look_for_ways_in(session, settings, facts, deadline);
  read_histories(session, facts, deadline);
  return facts;
}

}  // namespace cal::administrators_membership
