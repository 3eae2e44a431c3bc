#include "probes/administrators_membership/administrators_membership.h"

#include "agent/base/text.h"
#include "agent/contract/options.h"
#include "agent/contract/reason_table.h"
#include "probes/security/well_known_sids.h"
#include "probes/shared/directory_probe.h"
#include "probes/shared/network_clients.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>

namespace cal::administrators_membership {

namespace {

using ad::AccountLookup;
using ad::LogonObstacle;

constexpr std::string_view add_to_group =
    "Add the account to the group that the summary names (Active Directory Users and Computers, or "
    "Add-ADGroupMember), or install the pack with an account that is a member.";

constexpr std::string_view add_license_server =
    "Add the license server's computer account to Terminal Server License Servers of this domain "
    "(Active Directory Users and Computers, or Add-ADGroupMember), then restart its Remote Desktop "
    "Licensing service.";

// In the order in which the worst of several accounts is chosen.
constexpr std::array own_reasons{
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
           "The account belongs to another domain, which this probe does not query.",
           "Monitor the account from a network of its own domain. A license server of another "
           "domain must be a member of the group in this domain: check that it is."},
    Reason{"group_not_found", Verdict::unknown, Severity::warning,
           "The group does not exist, or is hidden from the agent's account.",
           "Correct `group` in the configuration; Administrators (S-1-5-32-544) always exists."},
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

constexpr auto reasons = with_directory_reasons(own_reasons);

constexpr ReasonTable reason{reasons};

constexpr std::array<std::string_view, 2> by_account_and_group{"account", "group"};
constexpr std::array<std::string_view, 1> by_account{"account"};

constexpr std::array families{
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

const Reason& reason_of(const AccountFacts& facts) {
  if (facts.fault) {
    return *std::ranges::find(reasons, ldap::reason_of(facts.fault->kind).word, &Reason::word);
  }
  if (!facts.group) return reason("group_not_found");
  const bool foreign_member = facts.membership && facts.membership->member;
  switch (facts.lookup.result) {
    case AccountLookup::Result::not_found:
      return reason("account_not_found");
    case AccountLookup::Result::unusable_name:
      return reason("name_not_usable");
    case AccountLookup::Result::other_domain:
      if (!foreign_member) return reason("other_domain");
      break;
    case AccountLookup::Result::found:
    case AccountLookup::Result::well_known:
      break;
  }
  switch (facts.obstacle) {
    case LogonObstacle::disabled:
      return reason("account_disabled");
    case LogonObstacle::expired:
      return reason("account_expired");
    case LogonObstacle::locked:
      return reason("account_locked");
    case LogonObstacle::password_expired:
      return reason("password_expired");
    case LogonObstacle::none:
    case LogonObstacle::not_shown:
      break;
  }
  const auto& membership = *facts.membership;
  if (!membership.member) {
    return membership.not_seen.empty() ? reason("not_member") : reason("membership_not_seen");
  }
  if (facts.obstacle == LogonObstacle::not_shown) return reason("logon_not_seen");
  if (membership.by_primary_group) return reason("member_primary_group");
  return membership.chain.size() == 2 ? reason("member_direct") : reason("member_nested");
}

// Of several accounts, the worst decides: faults, then doubts, then the order of the table.
bool is_worse(const Reason& a, const Reason& b) {
  const auto rank = [](const Reason& each) {
    return each.verdict == Verdict::present ? 0 : each.verdict == Verdict::unknown ? 1 : 2;
  };
  return rank(a) != rank(b) ? rank(a) < rank(b) : &a < &b;
}

// What is wrong with an account, and what to do about it: "EBS\\dave is disabled: enable it".
struct Obstacle {
  std::string_view reason;
  std::string_view what;
  std::string_view step;
  bool another_helps = false;  // another account can install the pack instead
};

constexpr std::array obstacles{
    Obstacle{"account_not_found", "does not exist or is hidden from the agent's account",
             "correct the name, or grant the agent's account read access"},
    Obstacle{"account_disabled", "is disabled", "enable it", true},
    Obstacle{"account_expired", "has expired", "set a later expiration date", true},
    Obstacle{"account_locked", "is locked out after failed logons",
             "find the source of the wrong password, then unlock it"},
    Obstacle{"password_expired", "has a password that has expired or must be changed at next logon",
             "log on with it and change the password"},
    Obstacle{"membership_not_seen", "may be a member, but not all of its groups were seen",
             "grant the agent's account what the evidence names"},
    Obstacle{"logon_not_seen", "is a member, but whether it can log on was not seen",
             "grant the agent's account what the evidence names"},
    Obstacle{"other_domain", "belongs to another domain",
             "monitor it from a network of that domain"},
};

// `why` is in the table.
const Obstacle& obstacle_of(const Reason& why) {
  return *std::ranges::find(obstacles, why.word, &Obstacle::reason);
}

std::string list_of(std::vector<std::string> names, std::size_t total) {
  std::ranges::sort(names);
  auto text = fmt::format("{}", fmt::join(names, ", "));
  if (total > names.size()) text += fmt::format(" and {} more", total - names.size());
  return text;
}

// Why a member of these groups has no rights: "A is a distribution group; it grants no rights".
std::string distribution_text(const ad::Membership& membership) {
  const auto& names = membership.distribution_groups;
  if (names.empty()) return "";
  return fmt::format("{} {}", fmt::join(names, ", "),
                     names.size() == 1 ? "is a distribution group; it grants no rights"
                                       : "are distribution groups; they grant no rights");
}

std::string membership_text(const ad::Membership& membership, const ad::Group& group) {
  if (membership.member) {
    if (membership.chain.empty()) {
      return fmt::format(
          "its token contains {} ({}); the groups in between are hidden from the agent", group.name,
          group.sid.text());
    }
    return linked(membership.chain);
  }
  const auto& own = membership.own_groups;
  const auto groups = own.empty() ? fmt::format("none of its groups is visible")
                                  : fmt::format("it is a member of {}, none of which leads to {}",
                                                list_of(own, own.size()), group.name);
  const auto members = membership.group_members.empty()
                           ? "no members are visible"
                           : list_of(membership.group_members, membership.group_size);
  auto text = fmt::format("{}; members of {}: {}", groups, group.name, members);
  const auto distribution = distribution_text(membership);
  if (!distribution.empty()) text = fmt::format("{}; {}", distribution, text);
  if (!membership.not_seen.empty()) text = fmt::format("{}; {}", membership.not_seen, text);
  return text;
}

// Which attributes did not come back, and the right to read them.
std::string hidden_text(const ad::Account& account) {
  const auto hidden = ad::hidden_logon_attributes(account);
  return fmt::format(
      "whether it can log on is hidden from the agent ({}): it needs RP on the "
      "property set Account Restrictions of {}, and not a Global Catalog",
      fmt::join(hidden, ", "), account.dn);
}

// The group as configured, with its name beside its SID where it is a well-known one.
std::string no_such_group(const AccountFacts& facts) {
  const auto& group = facts.required.group;
  const auto sid = security::Sid::parse_text(group);
  return fmt::format(
      "group {} does not exist or is hidden from the agent's account: correct `group`, "
      "or grant read access",
      sid ? security::name_with_sid(*sid) : group);
}

Evidence evidence_of(const AccountFacts& facts, const Reason& why) {
  const auto& account = facts.required.account;
  if (facts.fault) return {why.verdict, account, facts.fault->message};
  if (!facts.group) return {why.verdict, account, no_such_group(facts)};
  std::string text;
  if (facts.lookup.result == AccountLookup::Result::well_known ||
      facts.lookup.result == AccountLookup::Result::unusable_name) {
    text = facts.lookup.detail;
  } else if (facts.lookup.result != AccountLookup::Result::found) {
    text = facts.lookup.result == AccountLookup::Result::other_domain
               ? fmt::format("it belongs to another domain: {}", facts.lookup.detail)
               : fmt::format("searched for {}: it {}", facts.lookup.detail, obstacle_of(why).what);
  }
  const auto add = [&](std::string_view part) {
    text += fmt::format("{}{}", text.empty() ? "" : "; ", part);
  };
  if (facts.membership) add(membership_text(*facts.membership, *facts.group));
  if (facts.obstacle == LogonObstacle::not_shown) {
    add(hidden_text(*facts.lookup.account));
  } else if (facts.obstacle != LogonObstacle::none) {
    add(fmt::format("it {}", obstacle_of(why).what));
  }
  const bool is_chain =
      why.verdict == Verdict::clear && facts.membership && facts.membership->chain.size() > 1;
  return {why.verdict, account, text, is_chain ? Evidence::Form::chain : Evidence::Form::fact};
}

void add_samples(const AccountFacts& facts, Outcome& outcome) {
  if (facts.fault || !facts.group) return;
  const auto& [account, group] = facts.required;
  const bool found = facts.lookup.result == AccountLookup::Result::found ||
                     facts.lookup.result == AccountLookup::Result::well_known;
  const bool missing = facts.lookup.result == AccountLookup::Result::not_found;
  const bool is_member = facts.membership && facts.membership->member;
  const bool not_seen = facts.membership && !is_member && !facts.membership->not_seen.empty();
  if ((found || missing || is_member) && !not_seen) {
    outcome.samples.push_back({&families[0], {account, group}, is_member ? 1.0 : 0.0});
  }
  if (missing || (found && facts.obstacle != LogonObstacle::not_shown)) {
    // An account may be listed with several groups.
    const auto same = [&account = account](const Sample& sample) {
      return sample.family == &families[1] && sample.label_values.front() == account;
    };
    if (std::ranges::any_of(outcome.samples, same)) return;
    const bool usable = found && facts.obstacle == LogonObstacle::none;
    outcome.samples.push_back({&families[1], {account}, usable ? 1.0 : 0.0});
  }
}

std::string summary_of(const AccountFacts& facts, const Reason& why) {
  const auto& account = facts.required.account;
  if (facts.fault) return fmt::format("{}: {}", account, facts.fault->message);
  if (!facts.group) return no_such_group(facts);
  const auto& group = *facts.group;
  if (why.verdict == Verdict::clear) {
    return fmt::format("{} is a member of {}", account,
                       facts.membership->chain.empty()
                           ? group.name
                           : fmt::format("{} ({})", group.name, linked(facts.membership->chain)));
  }
  const bool server = facts.required.is_license_server();
  if (why.word == "not_member") {
    const auto distribution = distribution_text(*facts.membership);
    return fmt::format(
        "{} is not a member of {} ({}){}{}: {}{}", account, group.name, group.sid.text(),
        distribution.empty() ? "" : ", because ", distribution,
        distribution.empty() ? "add it" : "add it to a security group that leads there",
        server ? "" : ", or use an account that is a member");
  }
  if (why.word == "name_not_usable") {
    return fmt::format("'{}' cannot be the name of an account: {}", account, facts.lookup.detail);
  }
  const auto& obstacle = obstacle_of(why);
  return fmt::format("{} {}: {}{}", account, obstacle.what, obstacle.step,
                     obstacle.another_helps && !server ? ", or use another account" : "");
}

ldap::Result<AccountFacts> gather_account(ldap::Session& session, const ad::Domain& domain,
                                          const Requirement& required,
                                          const ldap::Result<std::optional<ad::Group>>& found_group,
                                          Deadline deadline, SystemTime now) {
  if (!found_group) return tl::unexpected(found_group.error());
  AccountFacts facts{required, *found_group};
  if (!facts.group) return facts;
  const auto& group = *facts.group;
  const auto name = ad::parse_principal(required.account);
  auto lookup = ad::find_account(session, domain, name, deadline);
  if (!lookup) return tl::unexpected(std::move(lookup.error()));
  facts.lookup = std::move(*lookup);
  ldap::Result<ad::Membership> membership;
  if (facts.lookup.account) {
    facts.obstacle = ad::logon_obstacle(*facts.lookup.account, now);
    membership = ad::find_membership(session, domain, *facts.lookup.account, group, deadline);
  } else if (const auto sid = security::Sid::parse_text(name.name);
             sid && facts.lookup.result != AccountLookup::Result::not_found) {
    membership = ad::find_foreign_membership(session, domain, *sid, group, deadline);
  } else {
    return facts;
  }
  if (!membership) return tl::unexpected(std::move(membership.error()));
  facts.membership = std::move(*membership);
  return facts;
}

// Whether no other account would get an answer either. An error of the server can be about one
// name: it refers to another server, or cannot parse the DN.
bool concerns_all(const ldap::Fault& fault) {
  return fault.kind != ldap::FaultKind::server_error &&
         fault.kind != ldap::FaultKind::not_permitted;
}

AccountFacts failed(const Requirement& required, const ldap::Fault& fault) {
  AccountFacts facts{required, std::nullopt};
  facts.fault = fault;
  return facts;
}

Cause cause_of(const Requirement& required) {
  return required.is_license_server() ? Cause::directory_not_writable
                                      : Cause::account_not_administrator;
}

// An item of `accounts`: a text, or { account, group }.
Requirement read_requirement(Options::Item item, const std::string& usual_group) {
  if (!item.mapping) return {item.text, usual_group};
  Requirement required{item.mapping->text("account"), item.mapping->text_or("group", usual_group)};
  item.mapping->reject_unknown_keys();
  return required;
}

// Every account has these attributes; a reader without the right gets none of them.
std::vector<Right> rights_to(const std::string& name, const AccountLookup& found,
                             const BoundAccount& self) {
  Right see{fmt::format("find {} in the directory", name), true};
  if (!found.account) {
    if (found.result == AccountLookup::Result::unusable_name) {
      see.granted.reset();
      see.seen = found.detail;
      return {std::move(see)};
    }
    if (found.result != AccountLookup::Result::not_found) return {};  // of another domain, or none
    see.granted.reset();
    see.seen = fmt::format("searched for {}: it does not exist, or is hidden from the agent",
                           found.detail);
    see.command =
        fmt::format(R"(dsacls "{}" /I:S /G "{}:GR;;user")", self.domain.dn, self.domain_name);
    return {std::move(see)};
  }
  const auto& account = *found.account;
  const auto hidden = ad::hidden_logon_attributes(account);
  return {std::move(see),
          Right{fmt::format("read tokenGroups of {}", name), !account.token_groups.empty(),
                "the attribute was not returned",
                fmt::format("Add-ADGroupMember 'Windows Authorization Access Group' {}", self.name),
                false},
          Right{fmt::format("read the account restrictions of {} (whether it can log on)", name),
                hidden.empty(), fmt::format("not returned: {}", fmt::join(hidden, ", ")),
                fmt::format(R"(dsacls "{}" /G "{}:RP;Account Restrictions")", account.dn,
                            self.domain_name),
                false}};
}

class MembershipProbe : public DirectoryProbe<Settings, gather, judge> {
 public:
  using DirectoryProbe::DirectoryProbe;

  std::vector<Cause> causes() const override {
    std::set<Cause> causes;
    for (const auto& required : settings().requirements) causes.insert(cause_of(required));
    return {causes.begin(), causes.end()};
  }

  ldap::Result<std::vector<Right>> ask_rights(const BoundAccount& self, Deadline by) override {
    std::vector<Right> rights;
    for (const auto& required : settings().requirements) {
      auto found =
          ad::find_account(self.session, self.domain, ad::parse_principal(required.account), by);
      if (!found && concerns_all(found.error())) {
        return tl::unexpected(std::move(found.error()));
      }
      if (!found) {
        rights.push_back({fmt::format("find {} in the directory", required.account), std::nullopt,
                          found.error().message});
        continue;
      }
      std::ranges::move(rights_to(required.account, *found, self), std::back_inserter(rights));
    }
    return rights;
  }

  bool stops_activation() const override {
    return !std::ranges::all_of(settings().requirements, &Requirement::is_license_server);
  }
};

std::unique_ptr<Probe> make(Options& options, const ProbeContext& context) {
  if (!options.has("accounts")) {
    options.error("accounts", "'accounts' is missing: list the accounts that install CAL packs");
  }
  const auto usual_group = options.text_or("group", Requirement{}.group);
  Settings settings;
  for (auto& item : options.items("accounts")) {
    auto required = read_requirement(std::move(item), usual_group);
    if (required.group == "Terminal Server License Servers") {
      options.error("accounts", "write this group as S-1-5-32-561: its name differs by language");
    }
    if (std::ranges::find(settings.requirements, required) != settings.requirements.end()) {
      options.error("accounts",
                    fmt::format("'{}' is already listed with this group", required.account));
    }
    settings.requirements.push_back(std::move(required));
  }
  auto directory = require_directory(options, context);
  return std::make_unique<MembershipProbe>(std::move(directory), std::move(settings));
}

}  // namespace

ldap::Result<Facts> gather(ldap::Session& session, const Settings& settings, Deadline deadline) {
  const auto now = std::chrono::system_clock::now();
  auto domain = ad::read_domain(session, deadline);
  if (!domain) return tl::unexpected(std::move(domain.error()));
  Facts facts{session.server(), {}};
  std::map<std::string, ldap::Result<std::optional<ad::Group>>> groups;
  for (const auto& required : settings.requirements) {
    if (!groups.contains(required.group)) {
      groups[required.group] = ad::find_group(session, *domain, required.group, deadline);
    }
    auto account =
        gather_account(session, *domain, required, groups[required.group], deadline, now);
    if (!account && concerns_all(account.error())) return tl::unexpected(account.error());
    facts.accounts.push_back(account ? std::move(*account) : failed(required, account.error()));
  }
  return facts;
}

Outcome judge(const Facts& facts, const Settings&) {
  Outcome outcome{nullptr, ""};
  for (const auto& account : facts.accounts) {
    const auto& why = reason_of(account);
    auto summary = summary_of(account, why);
    outcome.evidence.push_back(evidence_of(account, why));
    add_samples(account, outcome);
    if (why.verdict == Verdict::present) {
      const bool server = account.required.is_license_server() && why.word == "not_member";
      outcome.implications.push_back({cause_of(account.required), Strength::strong, summary,
                                      std::nullopt,
                                      std::string(server ? add_license_server : why.action)});
    }
    if (outcome.reason && !is_worse(why, *outcome.reason)) continue;
    outcome.reason = &why;
    outcome.summary = std::move(summary);
  }
  if (facts.accounts.size() > 1 && outcome.reason && outcome.reason->verdict == Verdict::clear) {
    outcome.summary =
        fmt::format("all {} accounts are members of their groups", facts.accounts.size());
  }
  outcome.evidence.push_back({std::nullopt, "asked", facts.server});
  return outcome;
}

bool Requirement::is_license_server() const {
  return security::Sid::parse_text(group) == security::well_known::terminal_server_license_servers;
}

ProbeKind kind() {
  return {"administrators_membership",
          "Is the account that installs CAL packs a member of Administrators, and can it log on?",
          reasons,
          families,
          make,
          Cause::account_not_administrator,
          "accounts"};
}

}  // namespace cal::administrators_membership
