#include "agent/commands/check_output.h"

#include "agent/base/text.h"
#include "agent/contract/verdict_words.h"
#include "agent/diagnosis/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cal {

namespace {

// How much a row weighs in the exit code and at the head of a report.
enum class Weight { ok, warning, unknown, critical };

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

std::string_view nagios_word(Weight weight) {
  constexpr std::array<std::string_view, 4> words{"OK", "WARNING", "UNKNOWN", "CRITICAL"};
  return words.at(static_cast<std::size_t>(weight));
}

// '|' begins the performance data in the output of a plugin.
std::string plugin_text(std::string_view text) {
  auto shown = printable(text);
  std::ranges::replace(shown, '|', '/');
  std::ranges::replace(shown, '\n', ' ');
  return shown;
}

double in_seconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double>(span).count();
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

std::string nagios_report(const Rows& rows) {
  const auto* worst = heaviest(rows);
  if (!worst) return "CAL OK - no probe is configured\n";
  const auto diagnoses = diagnose_all(rows);
  const auto& diagnosis =
      *std::ranges::find(diagnoses, worst->instance->network, &Diagnosis::network);
  // Most people see only the first line: it names the cause if there is one.
  auto text = fmt::format("CAL {} - {}", nagios_word(weight_of(*worst)), worst->instance->network);
  if (weight_of(*worst) == Weight::critical && !diagnosis.suspects.empty()) {
    text += fmt::format(": {}", plugin_text(diagnosis.sentence));
  } else {
    text += fmt::format("/{} {}: {}", worst->instance->kind->name, worst->outcome->reason->word,
                        plugin_text(worst->outcome->summary));
  }
  auto out = std::back_inserter(text);
  text += " |";
  for (const auto& row : rows) {
    if (!row.duration) continue;
    fmt::format_to(out, " '{}_{}'={:.3f}s;;{:.3f};0", row.instance->network,
                   row.instance->kind->name, in_seconds(*row.duration),
                   in_seconds(row.instance->timeout));
  }
  text += '\n';
  for (const auto& each : diagnoses) {
    fmt::format_to(out, "{}: {}\n", each.network, plugin_text(each.sentence));
  }
  for (const auto& row : rows) {
    fmt::format_to(out, "[{}] {}/{} {}: {}\n", nagios_word(weight_of(row)), row.instance->network,
                   row.instance->kind->name, row.outcome->reason->word,
                   plugin_text(row.outcome->summary));
  }
  return text;
}

}  // namespace cal
