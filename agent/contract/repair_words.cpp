#include "agent/contract/repair_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal {

std::vector<RepairStep> repair_steps(const Outcome& outcome) {
  if (!outcome.repair.empty()) return outcome.repair;
  if (severity_of(outcome) == Severity::ok) return {};
  return {{std::string(action_of(outcome))}};
}

bool has_command(const RepairStep& step) { return !step.command.empty(); }

std::string order_text(const std::vector<RepairStep>& steps) {
  if (steps.size() < 2) return "";
  const bool has_alternatives = std::ranges::any_of(
      steps, [](const RepairStep& step) { return step.text.starts_with("Or "); });
  return fmt::format(
      "Do the steps in this order{}.",
      has_alternatives ? "; of alternatives, the first gives the fewest rights" : "");
}

std::string prediction_text(const RepairStep& step, const std::optional<SystemTime>& read_at) {
  if (step.expected.empty()) return "";
  return fmt::format("After this: {} ({}); predicted {}, void if it has changed since.",
                     step.prediction, step.expected, basis_text(step, read_at));
}

std::string not_undone_text(const RepairStep& step, std::string_view undo) {
  if (step.not_undone.empty()) return "";
  if (step.undo.empty()) return fmt::format("Cannot be undone: {}", step.not_undone);
  return fmt::format("Not undone by {}: {}", undo, step.not_undone);
}

}  // namespace cal
