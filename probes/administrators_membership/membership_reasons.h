// The reasons and the metric families of administrators_membership. Tables.
#pragma once

#include "agent/contract/probe.h"
#include "agent/contract/reason_table.h"
#include "probes/shared/directory_probe.h"

#include <array>
#include <string_view>

namespace cal::administrators_membership {

inline constexpr std::string_view add_to_group =
    "Add the account to the group that the summary names (Active Directory Users and Computers, or "
    "Add-ADGroupMember), or install the pack with an account that is a member.";

// In the order in which the worst of several accounts is chosen.
inline constexpr std::array own_reasons{
    Reason{"account_not_found", Verdict::present, Severity::critical,
           "The account does not exist, or is hidden from the agent's account.",
           "Correct the name in the configuration, or grant the agent's account read access."},
    Reason{"account_disabled", Verdict::present, Severity::critical, "The account is disabled.",
           "Enable the account (Enable-ADAccount), or use another account."},
    Reason{"account_expired", Verdict::present, Severity::critical, "The account has expired.",
           "Set a later expiration date (Set-ADAccountExpiration), or use another account."},
    Reason{"account_locked", Verdict::present, Severity::critical,
           "The account is locked out after failed logons.",
           "Find the source of the wrong password, then unlock the account (Unlock-ADAccount)."},
    Reason{"password_expired", Verdict::present, Severity::critical,
           "The account's password has expired or must be changed at the next logon.",
           "Log on with the account and change its password."},
    Reason{"not_member", Verdict::present, Severity::critical,
           "The account is not a member of the group, neither directly nor through other groups.",
           add_to_group},
    Reason{"name_not_usable", Verdict::unknown, Severity::warning,
           "No account can have the name in the configuration.",
           "Correct the name: `DOMAIN\\name`, a UPN, a distinguished name or a SID."},
    Reason{
        "membership_not_seen", Verdict::unknown, Severity::warning,
        "The account was not found in the group, but not all of its groups were seen.",
        "Grant the agent's account what the evidence names as missing: read access to the group, "
        "or membership of Windows Authorization Access Group, which can read tokenGroups. Check "
        "groups of other domains there."},
    Reason{"other_domain", Verdict::unknown, Severity::warning,
           "The account belongs to another domain, and not all of it was seen from here.",
           "The evidence says what is missing: let the agent ask the domain (`other_domains` in "
           "`directory`), or monitor the account from a network of that domain. A license server "
           "of another domain must be a member of the group in this domain: check that it is."},
    Reason{"group_not_found", Verdict::unknown, Severity::warning,
           "The group does not exist, or is hidden from the agent's account.",
           "Correct `group` in the configuration; Administrators (S-1-5-32-544) always exists."},
    Reason{"group_ambiguous", Verdict::unknown, Severity::warning,
           "Several groups have the name in the configuration.",
           "Write the one that is meant in `group` as a SID or a distinguished name."},
    Reason{
        "logon_not_seen", Verdict::unknown, Severity::warning,
        "The account is a member of the group, but whether it can log on was not seen.",
        "Let the agent's account read the property set that has userAccountControl, "
        "accountExpires and msDS-User-Account-Control-Computed: dsacls \"DN of the account\" /G "
        "\"ACCOUNT:RP;Account Restrictions\". A Global Catalog (port 3268 or 3269) does not hold "
        "all of them: use port 636 or 389 in `uri`."},
    Reason{"member_primary_group", Verdict::clear, Severity::ok,
           "The account is a member of the group through its primary group.", "Nothing."},
    Reason{"member_nested", Verdict::clear, Severity::ok,
           "The account is a member of the group through other groups.", "Nothing."},
    Reason{"member_direct", Verdict::clear, Severity::ok,
           "The account is a direct member of the group.", "Nothing."},
};

inline constexpr auto reasons = with_directory_reasons(own_reasons);

inline constexpr ReasonTable reason{reasons};

inline constexpr std::array<std::string_view, 2> by_account_and_group{"account", "group"};
inline constexpr std::array<std::string_view, 1> by_account{"account"};

inline constexpr std::array families{
    MetricFamily{"cal_account_member",
                 "1 if the account is a member of the group, directly or through other groups, 0 "
                 "if not; no sample while unknown. Cached between runs.",
                 MetricType::gauge, by_account_and_group},
    MetricFamily{
        "cal_account_usable",
        "1 if the account could log on (exists, enabled, not expired, not locked, password "
        "valid), 0 if not; no sample while unknown. Cached between runs.",
        MetricType::gauge, by_account},
};

}  // namespace cal::administrators_membership
