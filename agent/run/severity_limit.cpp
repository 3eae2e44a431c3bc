#include "agent/run/severity_limit.h"

#include <algorithm>

namespace cal {

namespace {

bool refuses_nobody(Cause cause) {
  return std::ranges::find(page_causes, cause) != page_causes.end();
}

// An event shows that an activation has failed.
bool is_harmless(const Implication& implied) {
  return !implied.seen_at && refuses_nobody(implied.cause);
}

}  // namespace

void limit_severity(const Instance& instance, Outcome& outcome) {
  if (instance.about_activation || outcome.reason->verdict != Verdict::present) return;
  const auto& implications = outcome.implications;
  const bool harmless =
      implications.empty()
          ? !instance.causes.empty() && std::ranges::all_of(instance.causes, refuses_nobody)
          : std::ranges::all_of(implications, is_harmless);
  for (auto& implied : outcome.implications) {
    if (is_harmless(implied)) implied.strength = Strength::weak;
  }
  if (harmless && severity_of(outcome) == Severity::critical) outcome.severity = Severity::warning;
}

}  // namespace cal
