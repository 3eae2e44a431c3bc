#include "agent/commands/repair_output.h"

#include "agent/base/powershell.h"
#include "agent/base/text.h"
#include "agent/contract/repair_words.h"
#include "agent/contract/verdict_words.h"
#include "agent/pages/verification.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace cal {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view indent = "     ";
constexpr std::string_view verify_heading = "To see that it worked";
constexpr std::string_view undo_heading = "To undo a step";

std::string indented(std::string_view lines, std::string_view by) {
  std::string text;
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size() - 1) + 1;
    text += fmt::format("{}{}", by, lines.substr(0, end));
    lines.remove_prefix(end);
  }
  return text;
}

struct MarkedStep {
  std::string mark;  // "1" or "2a"; of a plan that is one choice, "a"
  const RepairStep* step;
};

std::vector<MarkedStep> marked(const std::vector<RepairStep>& steps) {
  const auto turns = turns_of(steps);
  std::vector<MarkedStep> all;
  for (std::size_t turn = 0; turn < turns.size(); ++turn) {
    const auto& alternatives = turns[turn];
    const bool is_choice = alternatives.size() > 1;
    const auto number = is_choice && turns.size() == 1 ? "" : std::to_string(turn + 1);
    for (std::size_t i = 0; i < alternatives.size(); ++i) {
      all.push_back({is_choice ? number + letter_of(i) : number, &alternatives[i]});
    }
  }
  return all;
}

std::string text_of(const MarkedStep& each, const Row& row) {
  const auto& step = *each.step;
  auto text = fmt::format("  {}. {}\n", each.mark, one_line(step.text));
  for (const auto& note : step.beside) text += fmt::format("{}· {}\n", indent, one_line(note));
  if (has_command(step)) text += "\n" + indented(script_of(step), indent) + "\n";
  if (const auto after = prediction_text(step, row.last_run); !after.empty()) {
    text += fmt::format("{}{}\n", indent, one_line(after));
  }
  if (!step.undo.empty()) {
    text += fmt::format("{}To undo it: see Undo {} below.\n", indent, each.mark);
  }
  if (const auto left = not_undone_text(step, "that"); !left.empty()) {
    text += fmt::format("{}{}\n", indent, one_line(left));
  }
  return text;
}

// "  1. Do this." or "  2. Do one of these:", "  2a. …"; of a plan that is one choice, "  a. …".
std::string text_of(const std::vector<RepairStep>& steps, const Row& row) {
  const auto all = marked(steps);
  const auto turns = turns_of(steps);
  auto next = all.begin();
  std::string text;
  for (std::size_t turn = 0; turn < turns.size(); ++turn) {
    if (turns[turn].size() > 1) {
      text += turns.size() == 1 ? fmt::format("  {}\n", choose)
                                : fmt::format("  {}. {}\n", turn + 1, choose);
    }
    for (std::size_t i = 0; i < turns[turn].size(); ++i) text += text_of(*next++, row);
  }
  return text;
}

// Behind everything that is done, so that the steps can be read at once. Empty if there is none.
std::string undo_text(const std::vector<RepairStep>& steps) {
  std::string blocks;
  for (const auto& [mark, step] : marked(steps)) {
    if (step->undo.empty()) continue;
    blocks += fmt::format("   - Undo {}:\n\n{}\n", mark, indented(undo_script_of(*step), indent));
  }
  if (blocks.empty()) return "";
  const auto order = turns_of(steps).size() > 1 ? "; of several, the last one first" : "";
  return fmt::format("  {}{}:\n{}", undo_heading, order, blocks);
}

// Empty if there is none.
std::string who_text(const Outcome& outcome) {
  if (outcome.who_queries.empty()) return "";
  auto text = fmt::format("  {}:\n{}· {}\n", who_heading, indent, who_comes_first);
  for (const auto& query : outcome.who_queries) {
    text += fmt::format("   - {}\n", one_line(query.text));
    for (const auto& note : query.beside) text += fmt::format("{}· {}\n", indent, one_line(note));
    text += "\n" + indented(script_of(query), indent) + "\n";
  }
  return text;
}

std::vector<std::string> ways_to_verify(const Row& row, Runbook runbook) {
  return verification_of(runbook(row.instance->kind->name),
                         {row.instance->profile, row.outcome->reason->word});
}

// Empty if the runbook has none.
std::string verify_text(const Row& row, Runbook runbook) {
  const auto lines = ways_to_verify(row, runbook);
  if (lines.empty()) return "";
  auto text = fmt::format("  {}:\n", verify_heading);
  for (const auto& line : lines) text += fmt::format("{}· {}\n", indent, one_line(line));
  return text;
}

struct ScriptStep {
  std::size_t number;  // of its function; 0: without a command
  RepairStep step;
  bool is_choice;  // one of several
  const Row* row;
};

// All steps of the plans that have a command, since a script may be all that somebody gets.
std::vector<ScriptStep> steps_for_script(const Rows& rows) {
  std::vector<ScriptStep> steps;
  std::size_t number = 0;
  for (const auto& row : rows) {
    const auto plan = repair_steps(*row.outcome);
    if (std::ranges::none_of(plan, has_command)) continue;
    for (const auto& turn : turns_of(plan)) {
      for (const auto& step : turn) {
        steps.push_back({has_command(step) ? ++number : 0, step, turn.size() > 1, &row});
      }
    }
  }
  return steps;
}

std::string comment_of(const ScriptStep& each) {
  const auto name = each.number == 0 ? "By hand" : fmt::format("Repair-{}", each.number);
  auto text = powershell_comment(fmt::format(
      "{}{}: {}", name, each.is_choice ? " (one of several ways)" : "", each.step.text));
  for (const auto& note : each.step.beside) text += "\n" + powershell_comment("- " + note);
  const auto undo = fmt::format("Undo-{}", each.number);
  if (!each.step.undo.empty()) {
    text += "\n" + powershell_comment(fmt::format("- {} takes it back.", undo));
  }
  const auto left = not_undone_text(each.step, undo);
  if (!left.empty()) text += "\n" + powershell_comment(left);
  return text + "\n";
}

std::string where(const Row& row) {
  return fmt::format("{}: {}", row.instance->network, row.instance->kind->name);
}

struct NumberedQuery {
  std::size_t number;
  WhoQuery query;
  const Row* row;
};

std::vector<NumberedQuery> who_queries_of(const Rows& rows) {
  std::vector<NumberedQuery> queries;
  for (const auto& row : rows) {
    for (const auto& query : row.outcome->who_queries) {
      queries.push_back({queries.size() + 1, query, &row});
    }
  }
  return queries;
}

Json written(const WhoQuery& query) {
  return {{"text", query.text},
          {"setup", query.setup},
          {"command", query.command},
          {"beside", query.beside}};
}

Json written(const RepairStep& step, const Row& row) {
  return {{"text", step.text},
          {"shell", step.shell == Shell::powershell ? "powershell" : "none"},
          {"setup", step.setup},
          {"check", step.check},
          {"command", step.command},
          {"check_after", step.check_after},
          {"undo_check", step.undo_check},
          {"undo", step.undo},
          {"not_undone", step.not_undone},
          {"beside", step.beside},
          {"prediction", step.prediction},
          {"expected", step.expected},
          {"server", step.server},
          {"is_alternative", step.is_alternative},
          {"read_at", row.last_run ? Json(utc_text(*row.last_run)) : Json(nullptr)}};
}

}  // namespace

std::string repair_text(const Rows& rows, Runbook runbook) {
  std::string text;
  std::size_t unknown = 0;
  bool any_command = false;
  for (const auto& row : rows) {
    if (row.outcome->reason->verdict == Verdict::unknown) ++unknown;
    const auto steps = repair_steps(*row.outcome);
    if (steps.empty()) continue;
    text += fmt::format("{}{}: {} ({})\n  {}\n\n", text.empty() ? "" : "\n", where(row),
                        words_for(*row.outcome, row.instance->causes), row.outcome->reason->word,
                        one_line(row.outcome->summary));
    text += who_text(*row.outcome);
    if (const auto order = order_text(steps); !order.empty()) text += fmt::format("  {}\n", order);
    text += text_of(steps, row);
    text += verify_text(row, runbook);
    text += undo_text(steps);
    any_command = any_command || std::ranges::any_of(steps, has_command);
  }
  if (text.empty()) text = "Nothing was found that has to be repaired.\n";
  if (any_command) text = fmt::format("{}\n\n{}", run_on_windows, text);
  if (unknown > 0) {
    text +=
        fmt::format("\n{} could not be checked, so more may have to be repaired: see `check`.\n",
                    unknown == 1 ? "One probe" : fmt::format("{} probes", unknown));
  }
  return text;
}

std::string repair_script(const Rows& rows, Runbook runbook, SystemTime now) {
  const auto steps = steps_for_script(rows);
  const auto queries = who_queries_of(rows);
  auto head = fmt::format("# A repair plan of cal_exporter, made at {}.\n", time_text(now));
  if (!steps.empty() || !queries.empty()) head += "#Requires -Version 5.1\n";
  if (steps.empty()) head += "# Nothing was found that a command repairs: see `repair`.\n";
  if (!steps.empty() || !queries.empty()) {
    head +=
        "# It only defines functions. Load it with a dot in front (. .\\plan.ps1), read one, then "
        "call it.\n";
  }
  if (!steps.empty()) {
    head += fmt::format("# Each stops if the state is not the one that it was made for.\n{}\n",
                        powershell_comment(run_on_windows));
  }
  std::string functions;
  const auto define = [&](const std::string& name, const std::string& lines) {
    functions += fmt::format("\nfunction {} {{\n{}}}\n", name, lines);
  };
  if (!queries.empty()) head += fmt::format("#\n{}\n", powershell_comment(who_comes_first));
  for (const auto& [number, query, row] : queries) {
    head += fmt::format(
        "#\n{}\n{}\n", powershell_comment(where(*row)),
        powershell_comment(fmt::format("Find-Who-{}: {}: {}", number, who_heading, query.text)));
    define(fmt::format("Find-Who-{}", number), lines_of(query));
  }
  for (const auto& each : steps) {
    head += fmt::format("#\n{}\n{}", powershell_comment(where(*each.row)), comment_of(each));
    if (each.number == 0) continue;
    define(fmt::format("Repair-{}", each.number), lines_of(each.step));
    if (!each.step.undo.empty()) {
      define(fmt::format("Undo-{}", each.number), undo_lines_of(each.step));
    }
  }
  const Row* shown = nullptr;
  for (const auto& step : steps) {
    if (std::exchange(shown, step.row) == step.row) continue;
    const auto lines = ways_to_verify(*step.row, runbook);
    if (lines.empty()) continue;
    head += fmt::format(
        "#\n{}\n", powershell_comment(fmt::format("{}: {}:", where(*step.row), verify_heading)));
    for (const auto& line : lines) head += powershell_comment("- " + line) + "\n";
  }
  const auto script = head + functions;
  // Without the mark, Windows PowerShell 5.1 reads a file in the code page of the machine, in which
  // a part of a letter may be a quotation mark.
  const bool is_ascii = std::ranges::all_of(script, [](unsigned char c) { return c < 0x80; });
  return (is_ascii ? "" : "\xEF\xBB\xBF") + script;
}

std::string repair_json(const Rows& rows, Runbook runbook, SystemTime now) {
  auto plans = Json::array();
  for (const auto& row : rows) {
    const auto steps = repair_steps(*row.outcome);
    if (steps.empty()) continue;
    auto list = Json::array();
    for (const auto& step : steps) list.push_back(written(step, row));
    auto queries = Json::array();
    for (const auto& query : row.outcome->who_queries) queries.push_back(written(query));
    plans.push_back({{"network", row.instance->network},
                     {"probe", row.instance->kind->name},
                     {"reason", row.outcome->reason->word},
                     {"summary", row.outcome->summary},
                     {"steps", std::move(list)},
                     {"who_queries", std::move(queries)},
                     {"verify", ways_to_verify(row, runbook)}});
  }
  return Json{{"generated_at", utc_text(now)}, {"plans", std::move(plans)}}.dump(
      2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace cal
