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

std::vector<std::span<const RepairStep>> turns_of(const std::vector<RepairStep>& steps) {
  std::vector<std::span<const RepairStep>> turns;
  for (auto first = steps.begin(); first != steps.end();) {
    const auto last = std::ranges::find(first + 1, steps.end(), false, &RepairStep::is_alternative);
    turns.emplace_back(first, last);
    first = last;
  }
  return turns;
}

std::string letter_of(std::size_t alternative) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
  return alternative < letters.size() ? std::string(1, letters[alternative])
                                      : std::to_string(alternative + 1);
}

std::string order_text(const std::vector<RepairStep>& steps) {
  return turns_of(steps).size() < 2 ? "" : "Do the steps in this order.";
}

std::string prediction_text(const RepairStep& step, const std::optional<SystemTime>& read_at) {
  if (step.expected.empty()) return "";
  std::string_view then = step.prediction;
  if (then.ends_with('.')) then.remove_suffix(1);
  return fmt::format("After this: {} ({}); predicted {}, void if it has changed since.", then,
                     step.expected, basis_text(step, read_at));
}

std::string not_undone_text(const RepairStep& step, std::string_view undo) {
  if (step.not_undone.empty()) return "";
  if (step.undo.empty()) return fmt::format("Cannot be undone: {}", step.not_undone);
  return fmt::format("Not undone by {}: {}", undo, step.not_undone);
}

}  // namespace cal
