#include "agent/pages/repair_section.h"

#include "agent/contract/repair_words.h"
#include "agent/pages/card.h"
#include "agent/pages/details.h"
#include "agent/pages/open_view.h"

#include <fmt/format.h>

#include <algorithm>
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

Html step_html(const RepairStep& step, std::size_t number, const Row& row) {
  auto item = markup("<li><p><strong>{}</strong></p>\n", with_code(step.text));
  item += notes_html(step.beside);
  if (has_command(step)) item += markup("<pre><code>{}</code></pre>\n", script_of(step));
  item += paragraph(prediction_text(step, row.last_run));
  if (!step.undo.empty()) {
    item += details_html(Fold::folded, fmt::format("undo-{}", number), "undo",
                         markup("Undo<span class=\"sr\"> of step {}</span>", number),
                         markup("<pre><code>{}</code></pre>\n", undo_script_of(step)));
  }
  item += paragraph(not_undone_text(step, "that"));
  item += markup("</li>\n");
  return item;
}

std::string preface_of(const std::vector<RepairStep>& steps) {
  auto order = order_text(steps);
  if (std::ranges::none_of(steps, has_command)) return order;
  return fmt::format("The agent changes nothing. {}{}{}", order, order.empty() ? "" : " ",
                     run_on_windows);
}

Html plan_html(const std::vector<RepairStep>& steps, const Row& row) {
  if (steps.empty()) return {};
  Html items;
  for (std::size_t i = 0; i < steps.size(); ++i) items += step_html(steps[i], i + 1, row);
  return markup("{}<ol class=\"plan\">\n{}</ol>\n", paragraph(preface_of(steps)), items);
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
  auto content = who_html(outcome);
  content += plan_html(plan, row);
  return section_of(content);
}

}  // namespace cal
