// Accounts of a domain: how they are found, and whether they can log on.
#pragma once

#include "probes/ad/domain.h"
#include "probes/ad/principal_name.h"
#include "probes/ldap/session.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cal::ad {

// One account, as the directory shows it. Attributes that did not come back are empty: they are
// hidden from the reader, or the server (a Global Catalog) does not hold them.
struct Account {
  std::string dn;
  std::string name;  // sAMAccountName, or the DN where there is none
  security::Sid sid;
  std::optional<std::uint32_t> primary_group_rid;
  std::optional<std::uint32_t> control;            // userAccountControl (MS-ADTS 2.2.16)
  std::optional<std::uint32_t> computed_control;   // msDS-User-Account-Control-Computed
  std::optional<std::uint64_t> expires;            // accountExpires, a FILETIME
  std::optional<std::uint64_t> password_last_set;  // pwdLastSet, a FILETIME; 0: to be changed
  std::vector<security::Sid> token_groups;         // empty if not returned
  std::vector<std::string> member_of;              // DNs, without the primary group
  std::string member_of_cut;                       // why `member_of` lacks some, or empty
};

struct AccountLookup {
  // well_known: a SID that belongs to no domain, such as NETWORK SERVICE. It is listed in groups as
  // a foreign security principal. unusable_name: no account can have it.
  enum class Result { found, not_found, other_domain, well_known, unusable_name };
  Result result;
  std::optional<Account> account;  // when found
  std::string detail;              // what was searched for, for people
};

ldap::Result<AccountLookup> find_account(ldap::Session& session, const Domain& domain,
                                         const PrincipalName& name, Deadline deadline);

// Why an account cannot log on, in the order in which the reasons are reported.
enum class LogonObstacle { none, disabled, expired, locked, password_expired, not_shown };

// Pure. The attributes that decide whether the account can log on and that did not come back.
std::vector<std::string> hidden_logon_attributes(const Account& account);

// Pure. `now` is compared with the account's expiry. `not_shown`: nothing that was seen is in the
// way, but not everything was seen.
LogonObstacle logon_obstacle(const Account& account, SystemTime now);

}  // namespace cal::ad
