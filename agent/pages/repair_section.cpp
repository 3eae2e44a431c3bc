#include "agent/pages/repair_section.h"

#include "agent/contract/repair_words.h"
#include "agent/pages/card.h"
#include "agent/pages/details.h"

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

Html plan_html(const std::vector<RepairStep>& steps, const Row& row) {
  if (steps.empty()) return {};
  Html items;
  for (std::size_t i = 0; i < steps.size(); ++i) items += step_html(steps[i], i + 1, row);
  return markup(
      "<p>The agent changes nothing. Do the steps in this order; of alternatives, the first gives "
      "the fewest rights. {}</p>\n<ol class=\"plan\">\n{}</ol>\n",
      std::ranges::any_of(steps, has_command) ? run_on_windows : "", items);
}

Html who_html(const Outcome& outcome) {
  Html items;
  for (const auto& actor : outcome.actors) items += markup("<li><p>{}</p></li>\n", actor);
  for (const auto& query : outcome.who_queries) {
    items += markup("<li><p>{}</p>\n{}<pre><code>{}</code></pre>\n</li>\n", with_code(query.text),
                    notes_html(query.beside), script_of(query));
  }
  if (items.empty()) return {};
  return markup("<h3>{}</h3>\n<ul class=\"plan\">\n{}</ul>\n", who_heading, items);
}

}  // namespace

Html repair_section(const Row& row, Audience audience) {
  const auto& outcome = *row.outcome;
  if (outcome.repair.empty() && outcome.who_queries.empty() && outcome.actors.empty()) return {};
  if (audience != Audience::trusted) {
    return section_of(markup(
        "<p>Run {} on the agent's machine. This page shows the plan there, on localhost, and "
        "over TLS to a client with a password or a verified certificate.</p>\n",
        with_code(fmt::format("`cal_exporter repair --network {}`", row.instance->network))));
  }
  auto content = plan_html(outcome.repair, row);
  content += who_html(outcome);
  return section_of(content);
}

}  // namespace cal
