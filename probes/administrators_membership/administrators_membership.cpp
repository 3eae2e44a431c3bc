#include "probes/administrators_membership/administrators_membership.h"

#include "agent/base/text.h"
#include "agent/contract/options.h"
#include "agent/contract/reason_table.h"
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
    "Add-ADGroupMember), or install the pack with an account that is in it.";

constexpr std::string_view add_license_server =
    "Add the licence server's computer account to Terminal Server License Servers of this domain "
    "(Active Directory Users and Computers, or Add-ADGroupMember), then restart its Remote Desktop "
    "Licensing service.";

// In the order in which the worst of several accounts is chosen.
constexpr std::array own_reasons{
    Reason{"account_not_found", Verdict::present, Severity::critical,
           "There is no such account, or the agent may not see it.",
           "Correct the name in the configuration, or let the agent's account read it."},
    Reason{"account_disabled", Verdict::present, Severity::critical,
           "The account is disabled: nobody can install a pack with it.",
           "Enable the account (Enable-ADAccount), or use another."},
    Reason{"account_expired", Verdict::present, Severity::critical, "The account has expired.",
           "Set a later expiry date (Set-ADAccountExpiration), or use another account."},
    Reason{"account_locked", Verdict::present, Severity::critical,
           "The account is locked after failed logons.",
           "Find where the wrong password comes from, then unlock it (Unlock-ADAccount)."},
    Reason{"password_expired", Verdict::present, Severity::critical,
           "The account's password has expired or must be changed at the next logon.",
           "Log on with the account and change its password."},
    Reason{"not_member", Verdict::present, Severity::critical,
           "The account is not in the group, neither directly nor through other groups.",
           add_to_group},
    Reason{"other_domain", Verdict::unknown, Severity::warning,
           "The account belongs to another domain, which this probe does not ask.",
           "Watch the account from a network of its own domain; a licence server of another domain "
           "has "
           "to be in the group of this one: see that it is a member there."},
    Reason{"group_not_found", Verdict::unknown, Severity::warning,
           "There is no such group, or the agent may not see it.",
           "Correct `group` in the configuration; S-1-5-32-544 is always there."},
    Reason{"member_primary_group", Verdict::clear, Severity::ok,
           "The account is in the group through its primary group.", "Nothing."},
    Reason{"member_nested", Verdict::clear, Severity::ok,
           "The account is in the group through other groups.", "Nothing."},
    Reason{"member_direct", Verdict::clear, Severity::ok, "The account stands in the group itself.",
           "Nothing."},
};

constexpr auto reasons = with_directory_reasons(own_reasons);

constexpr ReasonTable reason{reasons};

constexpr std::array<std::string_view, 2> by_account_and_group{"account", "group"};
constexpr std::array<std::string_view, 1> by_account{"account"};

constexpr std::array families{
    MetricFamily{"cal_account_member",
                 "1 if the account is effectively in the group, 0 if not; no sample while unknown. "
                 "Cached between runs.",
                 MetricType::gauge, by_account_and_group},
    MetricFamily{
        "cal_account_usable",
        "1 if the account could log on (exists, enabled, not expired, not locked, password "
        "valid), 0 if not; no sample while unknown. Cached between runs.",
        MetricType::gauge, by_account},
};

const Reason& reason_of(const AccountFacts& facts) {
  if (!facts.group) return reason("group_not_found");
  const bool foreign_member = facts.membership && facts.membership->member;
  switch (facts.lookup.result) {
    case AccountLookup::Result::not_found:
      return reason("account_not_found");
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
  if (!membership.member) return reason("not_member");
  if (membership.by_primary_group) return reason("member_primary_group");
  return membership.chain.size() == 2 ? reason("member_direct") : reason("member_nested");
}

std::string list_of(std::vector<std::string> names, std::size_t total) {
  std::ranges::sort(names);
  auto text = names.empty() ? "nothing" : fmt::format("{}", fmt::join(names, ", "));
  if (total > names.size()) text += fmt::format(" and {} more", total - names.size());
  return text;
}

std::string membership_text(const ad::Membership& membership, const ad::Group& group) {
  if (membership.member) {
    if (membership.chain.empty()) {
      return fmt::format("its token carries {}; the groups between are hidden from the agent",
                         group.sid.text());
    }
    return linked(membership.chain);
  }
  return fmt::format("it is in {}; none of them leads to {}, whose members are {}",
                     list_of(membership.own_groups, membership.own_groups.size()), group.name,
                     list_of(membership.group_members, membership.group_size));
}

std::string no_such_group(const AccountFacts& facts) {
  return fmt::format("there is no group {}, or the agent may not see it", facts.required.group);
}

Evidence evidence_of(const AccountFacts& facts, const Reason& why) {
  const auto& account = facts.required.account;
  if (!facts.group) return {why.verdict, account, no_such_group(facts)};
  std::string text;
  if (facts.lookup.result == AccountLookup::Result::well_known) {
    text = facts.lookup.detail;
  } else if (facts.lookup.result != AccountLookup::Result::found) {
    const bool foreign = facts.lookup.result == AccountLookup::Result::other_domain;
    text = fmt::format("{}{}: {}", foreign ? "" : "looked for ", facts.lookup.detail, why.meaning);
  }
  const auto add = [&](std::string_view part) {
    text += fmt::format("{}{}", text.empty() ? "" : "; ", part);
  };
  if (facts.membership) add(membership_text(*facts.membership, *facts.group));
  if (facts.obstacle == LogonObstacle::not_shown) {
    add("whether it could log on is hidden from the agent (userAccountControl)");
  } else if (facts.obstacle != LogonObstacle::none) {
    add(why.meaning);
  }
  const bool is_chain =
      why.verdict == Verdict::clear && facts.membership && facts.membership->chain.size() > 1;
  return {why.verdict, account, text, is_chain ? Evidence::Form::chain : Evidence::Form::fact};
}

void add_samples(const AccountFacts& facts, Outcome& outcome) {
  if (!facts.group) return;
  const auto& [account, group] = facts.required;
  const bool found = facts.lookup.result == AccountLookup::Result::found ||
                     facts.lookup.result == AccountLookup::Result::well_known;
  const bool missing = facts.lookup.result == AccountLookup::Result::not_found;
  const bool is_member = facts.membership && facts.membership->member;
  if (found || missing || is_member) {
    outcome.samples.push_back({&families[0], {account, group}, is_member ? 1.0 : 0.0});
  }
  if (missing || (found && facts.obstacle != LogonObstacle::not_shown)) {
    // An account may stand in the list with several groups.
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
  if (!facts.group) return no_such_group(facts);
  const auto& group = *facts.group;
  if (why.verdict == Verdict::clear) {
    return fmt::format("{} is in {}", account,
                       facts.membership->chain.empty()
                           ? group.name
                           : fmt::format("{} ({})", group.name, linked(facts.membership->chain)));
  }
  if (why.word == "not_member") {
    return fmt::format("{} is not in {} ({}): add it{}", account, group.name, group.sid.text(),
                       facts.required.is_license_server() ? "" : ", or use an account that is");
  }
  return fmt::format("{}: {}", account, why.meaning);
}

ldap::Result<AccountFacts> gather_account(ldap::Session& session, const ad::Domain& domain,
                                          const Requirement& required,
                                          const std::optional<ad::Group>& found_group,
                                          Deadline deadline, SystemTime now) {
  AccountFacts facts{required, found_group};
  if (!found_group) return facts;
  const auto& group = *found_group;
  const auto name = ad::parse_principal(required.account);
  auto lookup = ad::find_account(session, domain, name, deadline);
  if (!lookup) return tl::unexpected(std::move(lookup.error()));
  facts.lookup = std::move(*lookup);
  ldap::Result<ad::Membership> membership;
  if (facts.lookup.account) {
    facts.obstacle = ad::logon_obstacle(*facts.lookup.account, now);
    membership = ad::find_membership(session, domain, *facts.lookup.account, group, deadline);
  } else if (const auto sid = security::Sid::parse_text(required.account);
             sid && facts.lookup.result != AccountLookup::Result::not_found) {
    membership = ad::find_foreign_membership(session, domain, *sid, group, deadline);
  } else {
    return facts;
  }
  if (!membership) return tl::unexpected(std::move(membership.error()));
  facts.membership = std::move(*membership);
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

// Attributes that an account without the right sees as absent; every account has them.
std::vector<Right> rights_to(const std::string& name, const AccountLookup& found,
                             const BoundAccount& self) {
  Right see{fmt::format("see {}", name), true};
  if (!found.account) {
    if (found.result != AccountLookup::Result::not_found) return {};  // of another domain, or none
    see.granted.reset();
    see.seen =
        fmt::format("looked for {}: it is not there, or hidden from the agent", found.detail);
    see.command =
        fmt::format(R"(dsacls "{}" /I:S /G "{}:GR;;user")", self.domain.dn, self.domain_name);
    return {std::move(see)};
  }
  const auto& account = *found.account;
  return {std::move(see),
          Right{fmt::format("read tokenGroups of {}", name), !account.token_groups.empty(),
                "it does not show",
                fmt::format("Add-ADGroupMember 'Windows Authorization Access Group' {}", self.name),
                false},
          Right{fmt::format("read userAccountControl of {}, to tell whether it could log on", name),
                account.control.has_value(), "it does not show",
                fmt::format(R"(dsacls "{}" /G "{}:RP;userAccountControl")", account.dn,
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
      if (!found) return tl::unexpected(std::move(found.error()));
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
      options.error("accounts", fmt::format("'{}' with this group stands in the list already",
                                            required.account));
    }
    settings.requirements.push_back(std::move(required));
  }
  auto directory = require_directory(options, context.clients);
  return std::make_unique<MembershipProbe>(std::move(directory), std::move(settings));
}

}  // namespace

ldap::Result<Facts> gather(ldap::Session& session, const Settings& settings, Deadline deadline) {
  const auto now = std::chrono::system_clock::now();
  auto domain = ad::read_domain(session, deadline);
  if (!domain) return tl::unexpected(std::move(domain.error()));
  Facts facts{session.server(), {}};
  std::map<std::string, std::optional<ad::Group>> groups;
  for (const auto& required : settings.requirements) {
    if (!groups.contains(required.group)) {
      auto group = ad::find_group(session, *domain, required.group, deadline);
      if (!group) return tl::unexpected(std::move(group.error()));
      groups[required.group] = std::move(*group);
    }
    auto account =
        gather_account(session, *domain, required, groups[required.group], deadline, now);
    if (!account) return tl::unexpected(std::move(account.error()));
    facts.accounts.push_back(std::move(*account));
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
    // Reasons stand in their table from the worst to the best.
    if (outcome.reason && outcome.reason <= &why) continue;
    outcome.reason = &why;
    outcome.summary = std::move(summary);
  }
  if (facts.accounts.size() > 1 && outcome.reason && outcome.reason->verdict == Verdict::clear) {
    outcome.summary = fmt::format("all {} accounts are in their group", facts.accounts.size());
  }
  outcome.evidence.push_back({std::nullopt, "asked", facts.server});
  return outcome;
}

bool Requirement::is_license_server() const {
  return security::Sid::parse_text(group) == security::well_known::terminal_server_license_servers;
}

ProbeKind kind() {
  return {"administrators_membership",
          "Is the account that installs CAL packs in the Administrators group, and usable?",
          reasons,
          families,
          make,
          Cause::account_not_administrator,
          "accounts"};
}

}  // namespace cal::administrators_membership
