// The outcome of all accounts.
#include "probes/administrators_membership/account_history.h"
#include "probes/administrators_membership/account_reason.h"
#include "probes/administrators_membership/account_texts.h"
#include "probes/administrators_membership/administrators_membership.h"
#include "probes/administrators_membership/membership_reasons.h"
#include "probes/administrators_membership/repair_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace cal::administrators_membership {

namespace {

using ad::AccountLookup;
using ad::LogonObstacle;

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
      outcome.implications.push_back({account.required.cause(), Strength::strong, summary,
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

}  // namespace cal::administrators_membership
