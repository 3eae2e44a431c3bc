#include "probes/administrators_membership/account_texts.h"

#include "agent/base/text.h"
#include "probes/administrators_membership/membership_reasons.h"
#include "probes/administrators_membership/obstacles.h"
#include "probes/security/well_known_sids.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace cal::administrators_membership {

namespace {

using ad::AccountLookup;
using ad::LogonObstacle;

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

}  // namespace

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

std::string action_of(const AccountFacts& facts, const Reason& why) {
  return why.word == "not_member" ? add_to_group_text(facts) : std::string(why.action);
}

}  // namespace cal::administrators_membership
