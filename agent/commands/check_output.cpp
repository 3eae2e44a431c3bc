#include "agent/commands/check_output.h"

#include "agent/base/text.h"
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
  std::string_view color;
};

Mark mark_of(Weight weight) {
  switch (weight) {
    case Weight::ok:
      return {sign_of(Verdict::clear), "\x1b[32m"};
    case Weight::warning:
      return {"!", "\x1b[33m"};
    case Weight::unknown:
      return {sign_of(Verdict::unknown), "\x1b[35m"};
    case Weight::critical:
      return {sign_of(Verdict::present), "\x1b[31m"};
  }
  return {"?", ""};
}

void append_human(std::string& text, const Diagnosis& diagnosis) {
  auto out = std::back_inserter(text);
  fmt::format_to(out, "{}{}: {}\n", text.empty() ? "" : "\n", diagnosis.network,
                 printable(diagnosis.sentence));
  if (!diagnosis.first_step.empty()) {
    fmt::format_to(out, "  first step: {}\n", printable(diagnosis.first_step));
  }
}

void append_human(std::string& text, const Row& row, bool color) {
  const auto& outcome = *row.outcome;
  const auto mark = mark_of(weight_of(row));
  const auto [on, off] = color ? std::pair(mark.color, std::string_view("\x1b[0m"))
                               : std::pair(std::string_view(), std::string_view());
  auto out = std::back_inserter(text);
  fmt::format_to(out, "  {}{} {}{}: {} ({})\n", on, mark.sign, row.instance->kind->name, off,
                 words_for(outcome, row.instance->causes), outcome.reason->word);
  fmt::format_to(out, "      {}\n", printable(outcome.summary));
  for (const auto& seen : outcome.evidence) {
    fmt::format_to(out, "      {} {}: {}\n", seen.verdict ? sign_of(*seen.verdict) : "·",
                   printable(seen.item), printable(seen.text));
  }
  if (weight_of(row) != Weight::ok) {
    fmt::format_to(out, "      what to do: {}\n", action_of(outcome));
  }
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

std::string human_report(const Rows& rows, bool color) {
  std::string text;
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
