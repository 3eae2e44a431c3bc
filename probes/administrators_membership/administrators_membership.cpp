#include "probes/administrators_membership/administrators_membership.h"

#include "agent/base/text.h"
#include "agent/contract/options.h"
#include "probes/administrators_membership/account_history.h"
#include "probes/administrators_membership/account_rights.h"
#include "probes/administrators_membership/membership_reasons.h"
#include "probes/administrators_membership/obstacles.h"
#include "probes/administrators_membership/repair_plan.h"
#include "probes/administrators_membership/who_questions.h"
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
#include <utility>

namespace cal::administrators_membership {

namespace {

using ad::AccountLookup;
using ad::LogonObstacle;

// Of an account of another domain only what was seen completely is said.
bool is_unsure(const AccountFacts& facts) {
  const bool is_member = facts.membership && facts.membership->member;
  return !facts.doubt.empty() || (!is_member && !facts.needed.empty());
}

const Reason& reason_of(const AccountFacts& facts) {
  if (facts.fault) {
    return *std::ranges::find(reasons, ldap::reason_of(facts.fault->kind).word, &Reason::word);
  }
  if (!facts.groups_of_that_name.empty()) return reason("group_ambiguous");
  if (!facts.group) return reason("group_not_found");
  const bool is_member = facts.membership && facts.membership->member;
  switch (facts.lookup.result) {
    case AccountLookup::Result::not_found:
      return reason("account_not_found");
    case AccountLookup::Result::unusable_name:
      return reason("name_not_usable");
    case AccountLookup::Result::other_domain:
      if (!is_member || !facts.doubt.empty()) return reason("other_domain");
      if (!facts.required.is_license_server()) return reason("logon_not_seen");
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
  if (is_unsure(facts)) return reason("other_domain");
  const auto& membership = *facts.membership;
  if (!membership.member) {
    return membership.not_seen.empty() ? reason("not_member") : reason("membership_not_seen");
  }
  const bool may_hide_logon = !facts.foreign_domain.empty() && facts.required.is_license_server();
  if (facts.obstacle == LogonObstacle::not_shown && !may_hide_logon) {
    return reason("logon_not_seen");
  }
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

std::string list_of(std::vector<std::string> names, std::size_t total) {
  constexpr std::size_t max_shown = 20;
  std::ranges::sort(names);
  names.resize(std::min(names.size(), max_shown));
  return list_of_first(names, total);
}

// Why a member of these groups has no rights: "A is a distribution group; it grants no rights".
std::string distribution_text(const ad::Membership& membership) {
  const auto& names = membership.distribution_groups;
  if (names.empty()) return "";
  return fmt::format("{} {}", fmt::join(names, ", "),
                     names.size() == 1 ? "is a distribution group; it grants no rights"
                                       : "are distribution groups; they grant no rights");
}

std::string membership_text(const ad::Membership& membership, const ad::Group& group,
                            bool is_foreign) {
  if (membership.member) {
    if (membership.chain.empty()) {
      return fmt::format(
          "its token contains {} ({}); the groups in between are hidden from the agent", group.name,
          group.sid.text());
    }
    return linked(membership.chain);
  }
  const auto& own = membership.own_groups;
  const auto groups =
      !own.empty() ? fmt::format("it is a member of {}, none of which leads to {}",
                                 list_of(own, own.size()), group.name)
      : is_foreign ? fmt::format("no group of its domain that was seen leads to {}", group.name)
                   : "none of its groups is visible";
  const auto members = membership.group_members.empty()
                           ? "no members are visible"
                           : list_of(membership.group_members, membership.group_size);
  auto text = fmt::format("{}; members of {}: {}", groups, group.name, members);
  const auto distribution = distribution_text(membership);
  if (!distribution.empty()) text = fmt::format("{}; {}", distribution, text);
  if (!membership.not_seen.empty()) text = fmt::format("{}; {}", membership.not_seen, text);
  return text;
}

// The same without the groups and members through which rights come.
std::string open_membership_text(const ad::Membership& membership, const ad::Group& group) {
  if (!membership.member) {
    return fmt::format("none of the groups that were seen leads to {}{}", group.name,
                       membership.not_seen.empty() ? "" : "; " + membership.not_seen);
  }
  const auto between = membership.chain.size() > 2 ? membership.chain.size() - 2 : 0;
  if (membership.chain.empty()) return "a member; the groups in between are hidden from the agent";
  return between == 0 ? "a direct member"
                      : fmt::format("a member through {}", counted(between, "group"));
}

// Which attributes did not come back, and the right to read them.
std::string hidden_text(const AccountFacts& facts) {
  if (!facts.lookup.account || !facts.needed.empty()) {
    return "whether it can log on was not seen";
  }
  const auto& account = *facts.lookup.account;
  const auto hidden = ad::hidden_logon_attributes(account);
  return fmt::format(
      "whether it can log on is hidden from the agent ({}): it needs RP on the "
      "property set Account Restrictions of {}, and not a Global Catalog",
      fmt::join(hidden, ", "), account.dn);
}

// The group as configured, with its name beside its SID where it is a well-known one.
std::string no_group(const AccountFacts& facts) {
  const auto& group = facts.required.group;
  if (!facts.groups_of_that_name.empty()) {
    return fmt::format(
        "{} groups have the name {}: write the one that is meant in `group` as a SID or a "
        "distinguished name",
        facts.groups_of_that_name.size(), group);
  }
  const auto sid = security::Sid::parse_text(group);
  return fmt::format(
      "group {} does not exist or is hidden from the agent's account: correct `group`, "
      "or grant read access",
      sid ? security::name_with_sid(*sid) : group);
}

Evidence evidence_of(const AccountFacts& facts, const Reason& why) {
  const auto& account = facts.required.account;
  if (facts.fault) return {why.verdict, account, facts.fault->message};
  if (!facts.groups_of_that_name.empty()) {
    Evidence evidence{
        why.verdict, account,
        fmt::format("{}: {}", no_group(facts),
                    list_of(facts.groups_of_that_name, facts.groups_of_that_name.size()))};
    evidence.open_text = no_group(facts);
    return evidence;
  }
  if (!facts.group) return {why.verdict, account, no_group(facts)};
  std::string text;
  if (facts.lookup.result == AccountLookup::Result::well_known ||
      facts.lookup.result == AccountLookup::Result::unusable_name) {
    text = facts.lookup.detail;
  } else if (facts.lookup.result != AccountLookup::Result::found) {
    text =
        facts.lookup.result == AccountLookup::Result::other_domain
            ? fmt::format("it belongs to another domain: {}",
                          facts.foreign_domain.empty() ? facts.lookup.detail : facts.foreign_domain)
            : fmt::format("searched for {}: it {}", facts.lookup.detail, obstacle_of(why).what);
  }
  auto open_text = text;
  const auto add_to = [](std::string& all, std::string_view part) {
    all += fmt::format("{}{}", all.empty() ? "" : "; ", part);
  };
  const auto add = [&](std::string_view part) {
    add_to(text, part);
    add_to(open_text, part);
  };
  if (facts.membership) {
    add_to(text, membership_text(*facts.membership, *facts.group, !facts.foreign_domain.empty()));
    add_to(open_text, open_membership_text(*facts.membership, *facts.group));
  }
  if (facts.obstacle == LogonObstacle::not_shown || why.word == "logon_not_seen") {
    add(hidden_text(facts));
  } else if (facts.obstacle != LogonObstacle::none) {
    add(fmt::format("it {}", obstacle_of(why).what));
  }
  if (!facts.doubt.empty()) add(facts.doubt);
  if (!facts.needed.empty() && why.verdict == Verdict::unknown) add(facts.needed);
  const bool is_chain =
      why.verdict == Verdict::clear && facts.membership && facts.membership->chain.size() > 1;
  Evidence evidence{why.verdict, account, std::move(text),
                    is_chain ? Evidence::Form::chain : Evidence::Form::fact};
  if (facts.membership) evidence.open_text = std::move(open_text);
  return evidence;
}

void add_samples(const AccountFacts& facts, Outcome& outcome) {
  if (facts.fault || !facts.group) return;
  const auto& [account, group] = facts.required;
  const bool found = facts.lookup.result == AccountLookup::Result::found ||
                     facts.lookup.result == AccountLookup::Result::well_known;
  const bool missing = facts.lookup.result == AccountLookup::Result::not_found;
  const bool is_member = facts.membership && facts.membership->member;
  const bool not_seen = facts.membership && !is_member && !facts.membership->not_seen.empty();
  if (!is_unsure(facts) && (found || missing || is_member) && !not_seen) {
    outcome.samples.push_back({&families[0], {account, group}, is_member ? 1.0 : 0.0});
  }
  if (missing || (found && facts.obstacle != LogonObstacle::not_shown)) {
    // An account may be listed with several groups.
    const auto same = [&account = account](const Sample& sample) {
      return sample.family == &families[1] && sample.label_values == LabelValues{account};
    };
    if (std::ranges::any_of(outcome.samples, same)) return;
    const bool usable = found && facts.obstacle == LogonObstacle::none;
    outcome.samples.push_back({&families[1], {account}, usable ? 1.0 : 0.0});
  }
}

std::string summary_of(const AccountFacts& facts, const Reason& why) {
  const auto& account = facts.required.account;
  if (facts.fault) return fmt::format("{}: {}", account, facts.fault->message);
  if (!facts.group) return no_group(facts);
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
  if (why.word == "other_domain" && !(facts.doubt.empty() && facts.needed.empty())) {
    const bool is_member = facts.membership && facts.membership->member;
    return fmt::format("{} belongs to another domain: {}", account,
                       is_member || facts.needed.empty() ? facts.doubt : facts.needed);
  }
  const auto& obstacle = obstacle_of(why);
  return fmt::format("{} {}: {}{}", account, obstacle.what, obstacle.step,
                     obstacle.another_helps && !server ? ", or use another account" : "");
}

// What to do about an account that is not a member.
std::string add_to_group_text(const AccountFacts& facts) {
  const auto& group = *facts.group;
  return fmt::format(
      "Add {} to {}{} ({}), {}", facts.required.account,
      facts.membership->distribution_groups.empty() ? "" : "a security group that leads to ",
      group.name, group.sid.text(),
      facts.required.is_license_server() ? "then restart its Remote Desktop Licensing service."
                                         : "or install the pack with an account that is a member.");
}

std::string action_of(const AccountFacts& facts, const Reason& why) {
  return why.word == "not_member" ? add_to_group_text(facts) : std::string(why.action);
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

  Profile profile() const override {
    return std::ranges::any_of(settings().requirements, &Requirement::is_license_server)
               ? Profile::rds
               : Profile::ebs;
  }

  bool stops_activation() const override {
    return !std::ranges::all_of(settings().requirements, &Requirement::is_license_server);
  }

  std::vector<actors::Question> questions(const Facts& facts) const override {
    return who_questions(facts);
  }
};

std::unique_ptr<Probe> make(Options& options, const ProbeContext& context) {
  if (!options.has("accounts")) {
    options.error("accounts", "'accounts' is missing: list the accounts that install CAL packs");
  }
  const auto usual_group = options.text_or("group", Requirement{}.group);
  Settings settings;
  std::set<std::pair<std::string, std::string>> listed;
  for (auto& item : options.items("accounts")) {
    auto required = read_requirement(std::move(item), usual_group);
    if (required.group == "Terminal Server License Servers") {
      options.error("accounts", "write this group as S-1-5-32-561: its name differs by language");
    }
    if (!listed.emplace(required.account, required.group).second) {
      options.error("accounts",
                    fmt::format("'{}' is already listed with this group", required.account));
    }
    settings.requirements.push_back(std::move(required));
  }
  settings.licensing_server = options.text_or("licensing_server", "");
  auto directory = require_directory(options, context);
  return std::make_unique<MembershipProbe>(std::move(directory), std::move(settings),
                                           context.clients->security_log);
}

// All but what repairs it.
Outcome findings(const Facts& facts) {
  Outcome outcome{nullptr, ""};
  for (const auto& account : facts.accounts) {
    const auto& why = reason_of(account);
    auto summary = summary_of(account, why);
    outcome.evidence.push_back(evidence_of(account, why));
    std::ranges::move(history_evidence(account), std::back_inserter(outcome.evidence));
    add_samples(account, outcome);
    auto action = action_of(account, why);
    const auto began = why.word == "not_member" ? left_at(account) : std::nullopt;
    if (why.verdict == Verdict::present) {
      outcome.implications.push_back({cause_of(account.required), Strength::strong, summary,
                                      std::nullopt, action, why.word, began});
    }
    if (outcome.reason && !is_worse(why, *outcome.reason)) continue;
    outcome.reason = &why;
    outcome.summary = std::move(summary);
    outcome.open_summary =
        why.verdict == Verdict::clear
            ? fmt::format("{} is a member of {}", account.required.account, account.group->name)
            : "";
    outcome.action = std::move(action);
    outcome.began = began;
  }
  if (facts.accounts.size() > 1 && outcome.reason && outcome.reason->verdict == Verdict::clear) {
    outcome.summary =
        fmt::format("all {} accounts are members of their groups", facts.accounts.size());
    outcome.open_summary.clear();
  }
  outcome.evidence.push_back({std::nullopt, "asked", facts.server});
  return outcome;
}

}  // namespace

Outcome judge(const Facts& facts, const Settings&) {
  auto outcome = findings(facts);
  outcome.repair = repair_plan(facts, findings);
  outcome.who_queries = who_queries(facts);
  return outcome;
}

bool Requirement::is_license_server() const {
  return security::Sid::parse_text(group) == security::well_known::terminal_server_license_servers;
}

ProbeKind kind() {
  return {"administrators_membership",
          "Is each account that licenses depend on a member of its group, and can it log on?",
          reasons,
          families,
          make,
          Cause::account_not_administrator,
          "accounts"};
}

}  // namespace cal::administrators_membership
