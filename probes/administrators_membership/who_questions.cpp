#include "probes/administrators_membership/who_questions.h"

#include "agent/base/text.h"
#include "probes/administrators_membership/account_history.h"
#include "probes/administrators_membership/membership_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

namespace cal::administrators_membership {

namespace {

using actors::Effect;
using actors::Identity;
using actors::Question;
using ad::LogonObstacle;

constexpr std::size_t max_questions = 5;  // of one account

Identity own_identity(const AccountFacts& facts) {
  const auto& account = *facts.lookup.account;
  return {account.dn, std::nullopt, account.sid};
}

// The groups that were seen, with the SIDs by which Windows' records name them.
std::map<std::string, Identity> known_groups(const AccountFacts& facts) {
  std::map<std::string, Identity> known;
  const auto& group = *facts.group;
  known[folded(group.dn)] = {group.dn, std::nullopt, group.sid};
  for (const auto* seen : {&facts.groups_below, &facts.membership->seen}) {
    for (const auto& each : *seen) {
      known.try_emplace(folded(each.dn), Identity{each.dn, std::nullopt, each.sid});
    }
  }
  return known;
}

Identity identity_of(const std::string& dn, const AccountFacts& facts,
                     const std::map<std::string, Identity>& known) {
  if (folded(dn) == folded(facts.lookup.account->dn)) return own_identity(facts);
  const auto found = known.find(folded(dn));
  return found == known.end() ? Identity{dn} : found->second;
}

void ask_for_departures(const AccountFacts& facts, std::vector<Question>& questions) {
  const auto known = known_groups(facts);
  const auto& departures = facts.history->departures;
  for (const auto& departure : departures) {
    if (questions.size() == max_questions) return;
    auto group = identity_of(departure.write.dn, facts, known);
    group.guid = departure.write.object;
    questions.push_back({departure_text(facts, departure),
                         "member",
                         Effect::removed,
                         {std::move(group)},
                         {identity_of(departure.member_dn, facts, known)},
                         departure.write.at,
                         departure.write.on});
  }
  if (!departures.empty() || facts.history->complete) return;
  Question question{fmt::format("the removal of {}, or of a group that it is in, from {}, or from "
                                "a group that leads there",
                                facts.required.account, facts.group->name),
                    "member",
                    Effect::removed,
                    {}};
  for (const auto& dn : groups_to_look_at(facts)) {
    question.objects.push_back(identity_of(dn, facts, known));
  }
  for (const auto& dn : account_with_groups(facts)) {
    question.members.push_back(identity_of(dn, facts, known));
  }
  questions.push_back(std::move(question));
}

Effect effect_of(LogonObstacle obstacle) {
  return obstacle == LogonObstacle::disabled ? Effect::disabled
         : obstacle == LogonObstacle::locked ? Effect::locked
                                             : Effect::changed;
}

void ask_for_obstacle(const AccountFacts& facts, std::vector<Question>& questions) {
  const std::string attribute(attribute_of(facts.obstacle));
  if (attribute.empty()) return;
  Question question{fmt::format("{} of {} was last changed", attribute, facts.required.account),
                    attribute,
                    effect_of(facts.obstacle),
                    {own_identity(facts)}};
  if (const auto& write = facts.history->obstacle) {
    question.objects[0].guid = write->object;
    question.at = write->at;
    question.on = write->on;
  }
  questions.push_back(std::move(question));
}

}  // namespace

std::vector<Question> who_questions(const Facts& facts) {
  std::vector<Question> questions;
  for (const auto& account : facts.accounts) {
    if (!account.history || !account.lookup.account || !account.group) continue;
    std::vector<Question> own;
    ask_for_obstacle(account, own);
    if (is_outside(account) && account.membership) ask_for_departures(account, own);
    questions.insert(questions.end(), own.begin(), own.end());
  }
  return questions;
}

}  // namespace cal::administrators_membership
