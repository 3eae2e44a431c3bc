// Accounts of a domain: the ways to write them, how they are found, and whether they can log on.
#pragma once

#include "probes/ad/domain.h"
#include "probes/ldap/session.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cal::ad {

// `DOMAIN\name`, a UPN, a distinguished name, a SID, or a bare sAMAccountName.
enum class NameForm { domain_and_name, upn, distinguished_name, sid, bare_name };

struct PrincipalName {
  NameForm form;
  std::string text;    // the whole as written
  std::string domain;  // "DOMAIN" or the UPN's suffix
  std::string name;    // "name" or the UPN's first part
};

// Pure. Every text has one of the five forms.
PrincipalName parse_principal(std::string_view text);

// One account, as the directory shows it. Attributes that are hidden from the reader are empty.
struct Account {
  std::string dn;
  std::string name;  // sAMAccountName, or the DN where there is none
  security::Sid sid;
  std::optional<std::uint32_t> primary_group_rid;
  std::optional<std::uint32_t> control;           // userAccountControl (MS-ADTS 2.2.16)
  std::optional<std::uint32_t> computed_control;  // msDS-User-Account-Control-Computed
  std::optional<std::uint64_t> expires;           // accountExpires, a FILETIME
  std::vector<security::Sid> token_groups;        // empty if not returned
  std::vector<std::string> member_of;             // DNs, without the primary group
};

struct AccountLookup {
  // well_known: a SID that belongs to no domain, such as NETWORK SERVICE. It is listed in groups as
  // a foreign security principal.
  enum class Result { found, not_found, other_domain, well_known };
  Result result;
  std::optional<Account> account;  // when found
  std::string detail;              // what was searched for, for people
};

ldap::Result<AccountLookup> find_account(ldap::Session& session, const Domain& domain,
                                         const PrincipalName& name, Deadline deadline);

// Why an account cannot log on, in the order in which the reasons are reported.
enum class LogonObstacle { none, disabled, expired, locked, password_expired, not_shown };

// Pure. `now` is compared with the account's expiry.
LogonObstacle logon_obstacle(const Account& account, SystemTime now);

}  // namespace cal::ad
