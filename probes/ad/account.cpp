#include "probes/ad/account.h"

#include "probes/ad/distinguished_name.h"
#include "probes/ad/number_of.h"
#include "probes/ad/whole_attribute.h"
#include "probes/ldap/escape.h"
#include "probes/security/well_known_sids.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

namespace cal::ad {

namespace {

using security::Sid;

// MS-ADTS 2.2.16 and 3.1.1.4.5.17
constexpr std::uint32_t account_disabled = 0x2;
constexpr std::uint32_t account_locked = 0x10;
constexpr std::uint32_t account_password_expired = 0x800000;
constexpr std::uint32_t password_never_expires = 0x10000;

std::optional<Account> account_of(const ldap::Entry& entry) {
  const auto sid = Sid::parse_octets(entry.first("objectSid").value_or(""));
  if (!sid) return std::nullopt;
  Account account;
  account.dn = entry.dn();
  account.name = entry.first("sAMAccountName").value_or(entry.dn());
  account.sid = *sid;
  account.primary_group_rid = number_of<std::uint32_t>(entry, "primaryGroupID");
  account.control = number_of<std::uint32_t>(entry, "userAccountControl");
  account.computed_control = number_of<std::uint32_t>(entry, "msDS-User-Account-Control-Computed");
  account.expires = number_of<std::uint64_t>(entry, "accountExpires");
  account.password_last_set = number_of<std::uint64_t>(entry, "pwdLastSet");
  for (const auto& octets : entry.values("tokenGroups")) {
    if (const auto group = Sid::parse_octets(octets)) account.token_groups.push_back(*group);
  }
  return account;
}

// tokenGroups is computed for a base search only (MS-ADTS 3.1.1.4.5.19), so an account is found
// first and then read.
ldap::Result<AccountLookup> read_account(ldap::Session& session, const std::string& dn,
                                         std::string detail, Deadline deadline) {
  auto entry = session.read(dn,
                            {"sAMAccountName", "objectSid", "primaryGroupID", "userAccountControl",
                             "msDS-User-Account-Control-Computed", "accountExpires", "pwdLastSet",
                             "memberOf", "tokenGroups", "groupType"},
                            deadline);
  if (!entry) return tl::unexpected(std::move(entry.error()));
  if (!*entry) {
    return AccountLookup{AccountLookup::Result::not_found, std::nullopt, std::move(detail)};
  }
  if ((*entry)->first("groupType")) {
    return AccountLookup{AccountLookup::Result::unusable_name, std::nullopt,
                         "it is a group, which cannot log on: write an account"};
  }
  auto account = account_of(**entry);
  if (!account) {
    return tl::unexpected(ldap::Fault{
        ldap::FaultKind::not_permitted,
        fmt::format("read objectSid of {} on {}: not returned; it is not an account, or grant the "
                    "agent's account read access",
                    dn, session.server())});
  }
  auto member_of = whole_attribute(session, **entry, "memberOf", deadline);
  if (!member_of) return tl::unexpected(std::move(member_of.error()));
  account->member_of = std::move(member_of->values);
  account->member_of_cut = std::move(member_of->cut);
  return AccountLookup{AccountLookup::Result::found, std::move(account), std::move(detail)};
}

ldap::Result<AccountLookup> search_account(ldap::Session& session, const Domain& domain,
                                           const std::string& filter, std::string detail,
                                           Deadline deadline) {
  auto found = session.search(
      {.base = domain.dn, .filter = filter, .attributes = {"sAMAccountName"}}, deadline);
  if (!found) return tl::unexpected(std::move(found.error()));
  if (found->empty()) {
    return AccountLookup{AccountLookup::Result::not_found, std::nullopt, std::move(detail)};
  }
  return read_account(session, found->front().dn(), std::move(detail), deadline);
}

std::string name_filter(std::string_view name) {
  return fmt::format("(sAMAccountName={})", ldap::escape_filter(name));
}

AccountLookup in_other_domain(std::string detail) {
  return {AccountLookup::Result::other_domain, std::nullopt, std::move(detail)};
}

// A UPN can have any suffix. An account without an explicit UPN has name@dns-domain (MS-ADTS
// 5.1.1.1.1).
ldap::Result<AccountLookup> find_by_upn(ldap::Session& session, const Domain& domain,
                                        const PrincipalName& name, Deadline deadline) {
  const auto upn = fmt::format("{}@{}", name.name, name.domain);
  auto explicit_upn = search_account(
      session, domain, fmt::format("(userPrincipalName={})", ldap::escape_filter(upn)),
      fmt::format("userPrincipalName {} in {}", upn, domain.dn), deadline);
  if (!explicit_upn || explicit_upn->result == AccountLookup::Result::found) return explicit_upn;
  if (equal_ignoring_case(name.domain, domain.dns_name) ||
      equal_ignoring_case(name.domain, domain.netbios_name)) {
    auto named = search_account(session, domain, name_filter(name.name),
                                fmt::format("{} in {}", name.name, domain.dn), deadline);
    if (!named || named->result == AccountLookup::Result::found || domain.others.empty()) {
      return named;
    }
    std::vector<std::string> others;
    for (const auto& other : domain.others) others.push_back(other.dns_name);
    return in_other_domain(
        fmt::format("no account of {} has this UPN, but an account of another domain of the forest "
                    "({}) can have it",
                    domain.dns_name, fmt::join(others, ", ")));
  }
  return in_other_domain(
      fmt::format("no account of this domain has this UPN, and its suffix {} is not the name of "
                  "this domain ({})",
                  name.domain, domain.dns_name));
}

}  // namespace

ldap::Result<AccountLookup> find_account(ldap::Session& session, const Domain& domain,
                                         const PrincipalName& name, Deadline deadline) {
  if (auto why = why_unusable(name); !why.empty()) {
    return AccountLookup{AccountLookup::Result::unusable_name, std::nullopt, std::move(why)};
  }
  switch (name.form) {
    case NameForm::sid: {
      const auto sid = Sid::parse_text(name.name).value_or(Sid{});
      if (sid.is_domain_account() && sid.domain() != domain.sid) {
        return in_other_domain(fmt::format("the SID belongs to domain {}, not to {} ({})",
                                           sid.domain().text(), domain.netbios_name,
                                           domain.sid.text()));
      }
      if (!sid.is_domain_account() && !sid.text().starts_with("S-1-5-32-")) {
        return AccountLookup{AccountLookup::Result::well_known, std::nullopt,
                             security::name_of(sid)};
      }
      return read_account(session, fmt::format("<SID={}>", sid.text()),
                          fmt::format("SID {} in {}", sid.text(), domain.dn), deadline);
    }
    case NameForm::distinguished_name:
      if (!is_of_domain(name.name, domain.dn)) {
        return in_other_domain(fmt::format("the DN is not of the domain {}", domain.dn));
      }
      return read_account(session, name.name, name.name, deadline);
    case NameForm::domain_and_name:
      if (!equal_ignoring_case(name.domain, domain.netbios_name) &&
          !equal_ignoring_case(name.domain, domain.dns_name)) {
        return in_other_domain(fmt::format("{} is not this domain ({}, {})", name.domain,
                                           domain.netbios_name, domain.dns_name));
      }
      return search_account(session, domain, name_filter(name.name),
                            fmt::format("{} in {}", name.name, domain.dn), deadline);
    case NameForm::upn:
      return find_by_upn(session, domain, name, deadline);
    case NameForm::bare_name:
      return search_account(session, domain, name_filter(name.name),
                            fmt::format("{} in {}", name.name, domain.dn), deadline);
  }
  return in_other_domain(name.text);
}

std::vector<std::string> hidden_logon_attributes(const Account& account) {
  std::vector<std::string> hidden;
  if (!account.control) hidden.emplace_back("userAccountControl");
  if (!account.expires) hidden.emplace_back("accountExpires");
  if (!account.computed_control) hidden.emplace_back("msDS-User-Account-Control-Computed");
  return hidden;
}

LogonObstacle logon_obstacle(const Account& account, SystemTime now) {
  const auto control = account.control.value_or(0);
  if ((control & account_disabled) != 0) return LogonObstacle::disabled;
  // A FILETIME counts 100 ns from 1601; 0 and the largest value mean never (MS-ADA1 2.1).
  if (const auto expires = account.expires.value_or(0);
      expires != 0 && expires < std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    constexpr std::int64_t seconds_from_1601_to_1970 = 11'644'473'600;
    const auto at = static_cast<std::int64_t>(expires / 10'000'000) - seconds_from_1601_to_1970;
    if (at <= std::chrono::system_clock::to_time_t(now)) return LogonObstacle::expired;
  }
  const auto computed = account.computed_control.value_or(0);
  if ((computed & account_locked) != 0) return LogonObstacle::locked;
  const bool to_be_changed = account.password_last_set == 0U && account.control &&
                             !account.computed_control && (control & password_never_expires) == 0;
  if ((computed & account_password_expired) != 0 || to_be_changed) {
    return LogonObstacle::password_expired;
  }
  return hidden_logon_attributes(account).empty() ? LogonObstacle::none : LogonObstacle::not_shown;
}

}  // namespace cal::ad
