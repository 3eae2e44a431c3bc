#include "agent/commands/check_output.h"

#include "agent/contract/verdict_words.h"
#include "agent/diagnosis/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal {

Weight weight_of(const Row& row) {
  const auto& reason = *row.outcome->reason;
  if (reason.verdict == Verdict::unknown) return Weight::unknown;
  const auto severity = severity_of(*row.outcome);
  if (severity == Severity::ok) return Weight::ok;
  return reason.verdict == Verdict::present && severity == Severity::critical ? Weight::critical
                                                                              : Weight::warning;
}

const Row* heaviest(const Rows& rows) {
  const auto found = std::ranges::max_element(rows, {}, weight_of);
  return found == rows.end() ? nullptr : &*found;
}

namespace {

struct Mark {
  std::string_view sign;
  Color color;
};

Mark mark_of(Weight weight) {
  switch (weight) {
    case Weight::ok:
      return {sign_of(Verdict::clear), Color::green};
    case Weight::warning:
      return {"!", Color::yellow};
    case Weight::unknown:
      return {sign_of(Verdict::unknown), Color::magenta};
    case Weight::critical:
      return {sign_of(Verdict::present), Color::red};
  }
  return {"?", Color::none};
}

void append_human(TerminalText& text, const Diagnosis& diagnosis) {
  if (!text.str().empty()) text.add("\n");
  text.add("{}: {}\n", diagnosis.network, diagnosis.sentence);
  if (!diagnosis.first_step.empty()) text.add("  first step: {}\n", diagnosis.first_step);
}

void append_human(TerminalText& text, const Row& row, bool color) {
  const auto& outcome = *row.outcome;
  const auto mark = mark_of(weight_of(row));
  text.add("  ");
  text.add_colored(color ? mark.color : Color::none,
                   fmt::format("{} {}", mark.sign, row.instance->kind->name));
  text.add(": {} ({})\n", words_for(outcome, row.instance->causes), outcome.reason->word);
  text.add("      {}\n", outcome.summary);
  for (const auto& seen : outcome.evidence) {
    const auto sign = seen.stops_nobody ? sign_of(Tone::notice)
                      : seen.verdict    ? sign_of(*seen.verdict)
                                        : "·";
    text.add("      {} {}: {}\n", sign, seen.item, seen.text);
  }
  if (weight_of(row) != Weight::ok) text.add("      what to do: {}\n", action_of(outcome));
}

}  // namespace

int exit_code(const Rows& rows) {
  const auto* row = heaviest(rows);
  switch (row ? weight_of(*row) : Weight::ok) {
    case Weight::ok:
      return 0;
    case Weight::warning:
      return 1;
    case Weight::unknown:
      return 3;
    case Weight::critical:
      return 2;
  }
  return 3;
}

TerminalText human_report(const Rows& rows, bool color) {
  TerminalText text;
  auto row = rows.begin();
  for (const auto& diagnosis : diagnose_all(rows)) {
    append_human(text, diagnosis);
    for (; row != rows.end() && row->instance->network == diagnosis.network; ++row) {
      append_human(text, *row, color);
    }
  }
  return text;
}

}  // namespace cal
