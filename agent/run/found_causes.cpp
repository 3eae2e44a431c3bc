#include "agent/run/found_causes.h"

#include <algorithm>

namespace cal {

namespace {

std::string_view reason_of(const Implication& implied, const Outcome& outcome) {
  return implied.reason.empty() ? outcome.reason->word : implied.reason;
}

FoundCause found_by(const Implication& implied, const Outcome& outcome) {
  const bool has_name = implied.cause != Cause::other;
  return {implied.cause, has_name ? std::string_view() : reason_of(implied, outcome), {}};
}

const FoundCause* same_cause(const std::vector<FoundCause>& all, const FoundCause& wanted) {
  const auto found = std::ranges::find_if(all, [&](const FoundCause& each) {
    return each.cause == wanted.cause && each.reason == wanted.reason;
  });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

std::vector<Implication> implications_of(const Instance& instance, const Outcome& outcome) {
  if (!outcome.implications.empty()) return outcome.implications;
  if (outcome.reason->verdict != Verdict::present) return {};
  const bool critical = severity_of(outcome) == Severity::critical;
  std::vector<Implication> implications;
  for (const auto cause : instance.causes) {
    implications.push_back({.cause = cause,
                            .strength = critical ? Strength::strong : Strength::weak,
                            .sentence = outcome.summary,
                            .began = outcome.began});
  }
  return implications;
}

std::vector<FoundCause> found_causes(const std::vector<FoundCause>& before,
                                     const Instance& instance, const Outcome& outcome,
                                     Beginning here) {
  auto implications = implications_of(instance, outcome);
  const auto is_shown = [&](const Implication& implied) {
    return reason_of(implied, outcome) == outcome.reason->word;
  };
  // std::ranges::stable_partition does not compile with clang 14 and libstdc++ 12.
  std::stable_partition(implications.begin(), implications.end(), is_shown);
  std::vector<FoundCause> found;
  for (const auto& implied : implications) {
    if (implied.seen_at) continue;
    auto cause = found_by(implied, outcome);
    if (same_cause(found, cause) != nullptr) continue;
    const auto* known = same_cause(before, cause);
    cause.since = known != nullptr ? known->since : here;
    found.push_back(cause);
  }
  return found;
}

std::optional<Beginning> beginning_of(const std::vector<FoundCause>& found,
                                      const Implication& implied, const Outcome& outcome) {
  if (implied.began) return Beginning{*implied.began};
  const auto* known = same_cause(found, found_by(implied, outcome));
  return known != nullptr ? std::optional(known->since) : std::nullopt;
}

}  // namespace cal
