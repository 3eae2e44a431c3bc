#include "agent/pages/repair_section.h"

#include "agent/contract/repair_words.h"
#include "agent/pages/card.h"
#include "agent/pages/details.h"
#include "agent/pages/open_view.h"

#include <fmt/format.h>

#include <cstddef>
#include <span>
#include <string>

namespace cal {

namespace {

Html section_of(const Html& content) {
  return markup(R"(<section aria-labelledby="repair-plan">
<h2 id="repair-plan">Repair plan</h2>
{}</section>
)",
                content);
}

Html notes_html(const std::vector<std::string>& beside) {
  if (beside.empty()) return {};
  Html notes;
  for (const auto& note : beside) notes += markup("<li>{}</li>\n", with_code(note));
  return markup("<ul>\n{}</ul>\n", notes);
}

Html paragraph(std::string_view text) {
  return text.empty() ? Html() : markup("<p>{}</p>\n", text);
}

// What a step does beyond its sentence. `number` is that of the step in the whole plan.
Html content_html(const RepairStep& step, std::size_t number, const Row& row) {
  auto content = notes_html(step.beside);
  if (has_command(step)) content += markup("<pre><code>{}</code></pre>\n", script_of(step));
  content += paragraph(prediction_text(step, row.last_run));
  if (!step.undo.empty()) {
    content += details_html(Fold::folded, fmt::format("undo-{}", number), "undo",
                            markup("Undo<span class=\"sr\"> of step {}</span>", number),
                            markup("<pre><code>{}</code></pre>\n", undo_script_of(step)));
  }
  content += paragraph(not_undone_text(step, "that"));
  return content;
}

class PlanList {
 public:
  explicit PlanList(const Row& row) : row_(row) {}

  Html html(const std::vector<RepairStep>& steps) {
    const auto turns = turns_of(steps);
    if (turns.size() == 1 && turns.front().size() > 1) return choice(turns.front());
    Html items;
    for (const auto& turn : turns) {
      items += turn.size() > 1 ? markup("<li>{}</li>\n", choice(turn)) : item(turn.front(), false);
    }
    return markup("<ol class=\"plan\">\n{}</ol>\n", items);
  }

 private:
  // The commands of alternatives are much the same, so those after the first are folded.
  Html choice(std::span<const RepairStep> alternatives) {
    Html items;
    bool is_further = false;
    for (const auto& step : alternatives) {
      items += item(step, is_further && has_command(step));
      is_further = is_further || has_command(step);
    }
    return markup("<p>{}</p>\n<ol class=\"plan\" type=\"a\">\n{}</ol>\n", choose, items);
  }

  Html item(const RepairStep& step, bool is_folded) {
    const auto number = ++count_;
    auto content = content_html(step, number, row_);
    if (is_folded) {
      content =
          details_html(Fold::folded, fmt::format("step-{}", number), "step",
                       markup("Commands<span class=\"sr\"> of step {}</span>", number), content);
    }
    // Where it is needed, so that it is not in front of what to do.
    if (has_command(step) && !noted_) {
      noted_ = true;
      content = markup("<p class=\"soft\">The agent changes nothing. {}</p>\n{}", run_on_windows,
                       content);
    }
    return markup("<li><p><strong>{}</strong></p>\n{}</li>\n", with_code(step.text), content);
  }

  const Row& row_;
  std::size_t count_ = 0;
  bool noted_ = false;
};

Html plan_html(const std::vector<RepairStep>& steps, const Row& row) {
  if (steps.empty()) return {};
  return markup("{}{}", paragraph(order_text(steps)), PlanList(row).html(steps));
}

// The page shows the action above.
bool repeats_action(const RepairStep& step, const Outcome& outcome) {
  return !has_command(step) && step.beside.empty() && step.text == action_of(outcome);
}

// The steps beyond the action; none, if that is all there is to do.
std::vector<RepairStep> plan_of(const Outcome& outcome) {
  const auto& steps = outcome.repair;
  return steps.size() == 1 && repeats_action(steps[0], outcome) ? std::vector<RepairStep>() : steps;
}

Html who_html(const Outcome& outcome) {
  Html items;
  for (const auto& actor : outcome.actors) items += markup("<li><p>{}</p></li>\n", actor);
  for (const auto& query : outcome.who_queries) {
    items += markup("<li><p>{}</p>\n{}<pre><code>{}</code></pre>\n</li>\n", with_code(query.text),
                    notes_html(query.beside), script_of(query));
  }
  if (items.empty()) return {};
  auto content = outcome.repair.empty() ? Html() : paragraph(who_comes_first);
  content += markup("<ul class=\"plan\">\n{}</ul>\n", items);
  const auto fold = outcome.actors.empty() ? Fold::folded : Fold::unfolded;
  return details_html(fold, "who", "who", markup("{}", who_heading), content);
}

}  // namespace

bool shows_steps(const Outcome& outcome, Audience audience) {
  return audience == Audience::trusted && !plan_of(outcome).empty();
}

Html repair_section(const Row& row, Audience audience) {
  const auto& outcome = *row.outcome;
  const auto plan = plan_of(outcome);
  if (plan.empty() && outcome.who_queries.empty() && outcome.actors.empty()) return {};
  if (audience != Audience::trusted) {
    return section_of(
        markup("<p>Run {} on the agent's machine. This page shows the plan {}.</p>\n",
               with_code(fmt::format("`cal_exporter repair --network {}`", row.instance->network)),
               where_all_is_shown));
  }
  return section_of(markup("{}{}", who_html(outcome), plan_html(plan, row)));
}

}  // namespace cal
