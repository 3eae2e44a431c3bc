#include "agent/diagnosis/comparison.h"

#include "agent/base/text.h"
#include "agent/contract/verdict_words.h"
#include "agent/diagnosis/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal {

namespace {

Rows rows_of(const Rows& rows, const std::string& network) {
  Rows of_network;
  std::ranges::copy_if(rows, std::back_inserter(of_network),
                       [&](const Row& row) { return row.instance->network == network; });
  return of_network;
}

std::shared_ptr<const Outcome> outcome_of(const Rows& rows, std::string_view probe) {
  const auto found =
      std::ranges::find(rows, probe, [](const Row& row) { return row.instance->kind->name; });
  return found == rows.end() ? nullptr : found->outcome;
}

std::vector<std::string> networks_of(const Rows& before, const Rows& now) {
  std::vector<std::string> networks;
  for (const auto* rows : {&now, &before}) {
    for (const auto& row : *rows) {
      if (std::ranges::find(networks, row.instance->network) == networks.end()) {
        networks.push_back(row.instance->network);
      }
    }
  }
  return networks;
}

std::vector<ProbeChange> changes_of(const Rows& before, const Rows& now) {
  std::vector<ProbeChange> changes;
  for (const auto& row : now) {
    auto then = outcome_of(before, row.instance->kind->name);
    // By word: a reason that is read from a report is another object than the one of a run.
    if (then && then->reason->word == row.outcome->reason->word &&
        severity_of(*then) == severity_of(*row.outcome)) {
      continue;
    }
    changes.push_back({row.instance, std::move(then), row.outcome});
  }
  for (const auto& row : before) {
    if (outcome_of(now, row.instance->kind->name)) continue;
    changes.push_back({row.instance, row.outcome, nullptr});
  }
  return changes;
}

// Every probe that found the cause then has to find it absent now: one that could not check, or is
// no longer configured, proves nothing.
Comparison::Cause compare_cause(const Diagnosis& then, const Rows& then_rows, const Diagnosis& now,
                                const Rows& now_rows) {
  if (then_rows.empty()) return Comparison::Cause::not_in_report;
  if (then.suspects.empty()) return Comparison::Cause::none_before;
  const auto& suspect = then.suspects.front();
  if (std::ranges::find(now.suspects, suspect.cause, &Suspect::cause) != now.suspects.end()) {
    return Comparison::Cause::still_there;
  }
  const bool all_tell = std::ranges::all_of(suspect.findings, [&](const Finding& finding) {
    const auto outcome = outcome_of(now_rows, finding.probe);
    return outcome && outcome->reason->verdict != Verdict::unknown;
  });
  return all_tell ? Comparison::Cause::gone : Comparison::Cause::not_known;
}

std::vector<Prediction> predictions_of(const Rows& before, const Rows& now) {
  using Result = Prediction::Result;
  std::vector<Prediction> predictions;
  for (const auto& row : before) {
    const auto& plan = row.outcome->repair;
    const auto probe = row.instance->kind->name;
    const auto found = outcome_of(now, probe);
    // Without an answer there is nothing to compare.
    if (!found || found->reason->verdict == Verdict::unknown || plan.empty()) continue;
    if (plan.back().expected.empty()) continue;
    const auto word = found->reason->word;
    // Perhaps not all steps were done.
    const bool is_expected = std::ranges::find(plan, word, &RepairStep::expected) != plan.end();
    const bool is_same = word == row.outcome->reason->word && word != plan.back().expected;
    predictions.push_back({probe,
                           is_same       ? Result::nothing_changed
                           : is_expected ? Result::held
                                         : Result::failed,
                           plan.back().expected});
  }
  return predictions;
}

std::string text_of(const Prediction& prediction) {
  switch (prediction.result) {
    case Prediction::Result::held:
      return "as the repair plan predicted";
    case Prediction::Result::nothing_changed:
      return fmt::format(
          "the repair plan predicted {}, and nothing changed: either no step was done, or not on "
          "the server that is read, or it has not replicated, or something undid it",
          prediction.expected);
    case Prediction::Result::failed:
      return fmt::format(
          "the repair plan predicted {}, and the world did otherwise: something else changed too, "
          "or another step was done",
          prediction.expected);
  }
  return "";
}

std::string headline(const Comparison& comparison) {
  switch (comparison.cause) {
    case Comparison::Cause::not_in_report:
      return "the report does not contain this network";
    case Comparison::Cause::none_before:
      return fmt::format("the report names no cause ({})", comparison.before);
    case Comparison::Cause::gone:
      return fmt::format("{} is gone", comparison.before);
    case Comparison::Cause::still_there:
      return fmt::format("{} is still present", comparison.before);
    case Comparison::Cause::not_known:
      return fmt::format("cannot tell whether {} is gone", comparison.before);
  }
  return "";
}

std::string state_of(const std::shared_ptr<const Outcome>& outcome,
                     const std::vector<Cause>& causes) {
  if (!outcome) return "not configured";
  return fmt::format("{} ({})", words_for(*outcome, causes), outcome->reason->word);
}

}  // namespace

std::vector<Comparison> compare(const Rows& before, const Rows& now) {
  std::vector<Comparison> comparisons;
  for (const auto& network : networks_of(before, now)) {
    const auto before_rows = rows_of(before, network);
    const auto now_rows = rows_of(now, network);
    const auto then = diagnose(before_rows);
    const auto diagnosis = diagnose(now_rows);
    comparisons.push_back({network, compare_cause(then, before_rows, diagnosis, now_rows),
                           then.primary(), diagnosis.primary(), diagnosis.sentence,
                           changes_of(before_rows, now_rows),
                           predictions_of(before_rows, now_rows)});
  }
  return comparisons;
}

TerminalText comparison_text(const std::vector<Comparison>& comparisons, SystemTime before,
                             SystemTime now) {
  TerminalText text;
  text.add("since {} ({} ago)\n", time_text(before),
           age_text(std::chrono::duration_cast<Milliseconds>(now - before)));
  for (const auto& comparison : comparisons) {
    text.add("\n{}: {}.\n  {}\n", comparison.network, headline(comparison), comparison.sentence);
    for (const auto& [instance, then, found] : comparison.changes) {
      text.add("  {}: {} -> {}\n", instance->kind->name, state_of(then, instance->causes),
               state_of(found, instance->causes));
      if (found) text.add("      {}\n", found->summary);
    }
    if (comparison.changes.empty()) {
      text.add("  No probe reports a different reason than before.\n");
    }
    for (const auto& prediction : comparison.predictions) {
      text.add("  {}: {}.\n", prediction.probe, text_of(prediction));
    }
  }
  return text;
}

}  // namespace cal
