#include "probes/ad/account.h"

#include "probes/ldap/escape.h"
#include "probes/security/well_known_sids.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace cal::ad {

namespace {

using security::Sid;

// MS-ADTS 2.2.16 and 3.1.1.4.5.17
constexpr std::uint32_t account_disabled = 0x2;
constexpr std::uint32_t account_locked = 0x10;
constexpr std::uint32_t account_password_expired = 0x800000;

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool ends_with_ignoring_case(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         equal_ignoring_case(text.substr(text.size() - end.size()), end);
}

template <class Number>
std::optional<Number> number_of(const ldap::Entry& entry, std::string_view attribute) {
  const auto text = entry.first(attribute);
  if (!text) return std::nullopt;
  // Control words are written as signed numbers, negative if bit 31 is set.
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return static_cast<Number>(value);
}

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
  account.member_of = entry.values("memberOf");
  for (const auto& octets : entry.values("tokenGroups")) {
    if (const auto group = Sid::parse_octets(octets)) account.token_groups.push_back(*group);
  }
  return account;
}

// tokenGroups is computed for a base search only (MS-ADTS 3.1.1.4.5.19), so an account is found
// first and then read.
ldap::Result<AccountLookup> read_account(ldap::Session& session, const std::string& dn,
                                         std::string detail, Deadline deadline) {
  auto entry = session.read(
      dn,
      {"sAMAccountName", "objectSid", "primaryGroupID", "userAccountControl",
       "msDS-User-Account-Control-Computed", "accountExpires", "memberOf", "tokenGroups"},
      deadline);
  if (!entry) return tl::unexpected(std::move(entry.error()));
  auto account = *entry ? account_of(**entry) : std::nullopt;
  if (!account) {
    return AccountLookup{AccountLookup::Result::not_found, std::nullopt, std::move(detail)};
  }
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
  auto explicit_upn = search_account(
      session, domain, fmt::format("(userPrincipalName={})", ldap::escape_filter(name.text)),
      fmt::format("userPrincipalName {} in {}", name.text, domain.dn), deadline);
  if (!explicit_upn || explicit_upn->result == AccountLookup::Result::found) return explicit_upn;
  if (equal_ignoring_case(name.domain, domain.dns_name) ||
      equal_ignoring_case(name.domain, domain.netbios_name)) {
    return search_account(session, domain, name_filter(name.name),
                          fmt::format("{} in {}", name.name, domain.dn), deadline);
  }
  return in_other_domain(
      fmt::format("no account of this domain has this UPN, and its suffix {} is not the name of "
                  "this domain ({})",
                  name.domain, domain.dns_name));
}

}  // namespace

PrincipalName parse_principal(std::string_view text) {
  PrincipalName name{NameForm::bare_name, std::string(text), "", std::string(text)};
  const auto split = [&](NameForm form, std::size_t at, bool domain_first) {
    const auto before = std::string(text.substr(0, at));
    const auto after = std::string(text.substr(at + 1));
    name.form = form;
    name.domain = domain_first ? before : after;
    name.name = domain_first ? after : before;
  };
  if (Sid::parse_text(text)) {
    name.form = NameForm::sid;
  } else if (ends_with_ignoring_case(text.substr(0, 3), "cn=") ||
             text.find(",DC=") != std::string_view::npos ||
             text.find(",dc=") != std::string_view::npos) {
    name.form = NameForm::distinguished_name;
  } else if (const auto slash = text.find('\\'); slash != std::string_view::npos) {
    split(NameForm::domain_and_name, slash, true);
  } else if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    split(NameForm::upn, at, false);
  }
  return name;
}

ldap::Result<AccountLookup> find_account(ldap::Session& session, const Domain& domain,
                                         const PrincipalName& name, Deadline deadline) {
  switch (name.form) {
    case NameForm::sid: {
      const auto sid = Sid::parse_text(name.text).value_or(Sid{});
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
      if (!ends_with_ignoring_case(name.text, domain.dn)) {
        return in_other_domain(fmt::format("the DN is not below {}", domain.dn));
      }
      return read_account(session, name.text, name.text, deadline);
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

LogonObstacle logon_obstacle(const Account& account, SystemTime now) {
  if (!account.control) return LogonObstacle::not_shown;
  if ((*account.control & account_disabled) != 0) return LogonObstacle::disabled;
  // A FILETIME counts 100 ns from 1601; 0 and the largest value mean never (MS-ADA1 2.1).
  if (const auto expires = account.expires.value_or(0);
      expires != 0 && expires < std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    constexpr std::int64_t seconds_from_1601_to_1970 = 11'644'473'600;
    const auto at = static_cast<std::int64_t>(expires / 10'000'000) - seconds_from_1601_to_1970;
    if (at <= std::chrono::system_clock::to_time_t(now)) return LogonObstacle::expired;
  }
  const auto computed = account.computed_control.value_or(0);
  if ((computed & account_locked) != 0) return LogonObstacle::locked;
  if ((computed & account_password_expired) != 0) return LogonObstacle::password_expired;
  return LogonObstacle::none;
}

}  // namespace cal::ad
