#include "probes/administrators_membership/account_history.h"

#include "agent/base/text.h"
#include "probes/ad/distinguished_name.h"
#include "probes/administrators_membership/membership_plan.h"
#include "probes/repair/account_change.h"
#include "probes/replication/who_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>

namespace cal::administrators_membership {

namespace {

using ad::LogonObstacle;
using replication::Departure;

constexpr std::size_t max_groups = 24;
constexpr std::size_t max_departures_shown = 5;

// What has left the group, or one that leads to it, and would make the account a member.
AccountHistory departures_of(const AccountFacts& facts, replication::WriteHistory& directory) {
  AccountHistory history;
  const auto wanted = account_with_groups(facts);
  history.complete = true;
  for (const auto& dn : groups_to_look_at(facts)) {
    auto found = directory.departures(dn);
    history.complete = history.complete && found && found->complete;
    if (!found) continue;
    history.shown = true;
    std::ranges::copy_if(
        std::make_move_iterator(found->list.begin()), std::make_move_iterator(found->list.end()),
        std::back_inserter(history.departures),
        [&](const Departure& each) { return wanted.contains(folded(each.member_dn)); });
  }
  std::ranges::sort(history.departures, std::ranges::greater{},
                    [](const Departure& each) { return each.write.at; });
  return history;
}

}  // namespace

std::string_view attribute_of(LogonObstacle obstacle) {
  switch (obstacle) {
    case LogonObstacle::disabled:
      return "userAccountControl";
    case LogonObstacle::expired:
      return "accountExpires";
    case LogonObstacle::locked:
      return "lockoutTime";
    case LogonObstacle::password_expired:
      return "pwdLastSet";
    case LogonObstacle::none:
    case LogonObstacle::not_shown:
      break;
  }
  return "";
}

std::vector<std::string> groups_to_look_at(const AccountFacts& facts) {
  std::vector<std::string> groups{facts.group->dn};
  std::set<std::string> listed{folded(facts.group->dn)};
  for (const auto& below : facts.groups_below) {
    if (groups.size() < max_groups && listed.insert(folded(below.dn)).second) {
      groups.push_back(below.dn);
    }
  }
  return groups;
}

std::set<std::string> account_with_groups(const AccountFacts& facts) {
  std::set<std::string> dns{folded(facts.lookup.account->dn)};
  for (const auto& dn : facts.lookup.account->member_of) dns.insert(folded(dn));
  const auto& seen = facts.membership->seen;
  for (std::size_t before = 0; before != dns.size();) {
    before = dns.size();
    for (const auto& group : seen) {
      if (!dns.contains(folded(group.dn))) continue;
      for (const auto& dn : group.member_of) dns.insert(folded(dn));
    }
  }
  return dns;
}

std::string departure_text(const AccountFacts& facts, const Departure& departure) {
  const bool is_account = folded(departure.member_dn) == folded(facts.lookup.account->dn);
  const auto& group = departure.write.dn;
  return fmt::format(
      "{} left {} on {}",
      is_account ? facts.required.account : ad::first_value(departure.member_dn),
      folded(group) == folded(facts.group->dn) ? facts.group->name : ad::first_value(group),
      replication::text_of(departure.write));
}

void read_histories(ldap::Session& session, Facts& facts, Deadline deadline) {
  replication::WriteHistory directory(session, deadline.share(2));
  for (auto& account : facts.accounts) {
    if (account.fault || !account.group || !account.lookup.account) continue;
    if (!account.foreign_domain.empty()) continue;
    const std::string attribute(attribute_of(account.obstacle));
    const bool is_outside_of_group = is_outside(account) && account.membership;
    if (attribute.empty() && !is_outside_of_group) continue;
    account.history = is_outside_of_group ? departures_of(account, directory) : AccountHistory{};
    if (!attribute.empty()) {
      account.history->obstacle = directory.last_write(account.lookup.account->dn, attribute);
    }
  }
}

std::vector<Evidence> history_evidence(const AccountFacts& account) {
  std::vector<Evidence> evidence;
  if (!account.history) return evidence;
  const auto& history = *account.history;
  const auto add = [&](std::string text) {
    evidence.push_back({std::nullopt, "when it broke", std::move(text)});
  };
  for (const auto& departure : history.departures) {
    if (evidence.size() == max_departures_shown) break;
    add(departure_text(account, departure));
    evidence.back().open_text = fmt::format(
        "{}, or a group of it, left {}, or a group that leads there, on {}",
        account.required.account, account.group->name, replication::text_of(departure.write));
  }
  if (const auto attribute = attribute_of(account.obstacle); !attribute.empty()) {
    add(history.obstacle
            ? fmt::format("{} of {} was last changed on {}", attribute, account.required.account,
                          replication::text_of(*history.obstacle))
            : fmt::format("the directory does not show when {} of {} was last changed", attribute,
                          account.required.account));
  }
  if (!is_outside(account) || !history.departures.empty()) return evidence;
  if (!history.shown) {
    add(fmt::format(
        "the directory does not show when members left {} (msDS-ReplValueMetaData of the group)",
        account.group->name));
  } else if (history.complete) {
    add(fmt::format(
        "no group that was looked at has lost {}, or a group of it, within the time that removed "
        "members are kept (the tombstone lifetime)",
        account.required.account));
  }
  return evidence;
}

std::optional<SystemTime> left_at(const AccountFacts& account) {
  if (!account.history || account.history->departures.empty()) return std::nullopt;
  return account.history->departures.front().write.at;
}

std::vector<WhoQuery> who_queries(const Facts& facts) {
  std::vector<WhoQuery> queries;
  for (const auto& account : facts.accounts) {
    if (!account.history) continue;
    const auto& history = *account.history;
    const auto server = repair::host_of(facts.server);
    std::optional<WhoQuery> query;
    if (!history.departures.empty()) {
      query = replication::find_out_who(history.departures.front().write, server,
                                        fmt::format("since then {} is not a member of {}",
                                                    account.required.account, account.group->name));
    } else if (history.obstacle) {
      query = replication::find_out_who(
          *history.obstacle, server,
          fmt::format("it keeps {} from logging on", account.required.account));
    }
    if (query) queries.push_back(std::move(*query));
  }
  return queries;
}

}  // namespace cal::administrators_membership
