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

Html notes_html(const RepairStep& step) {
  if (step.beside.empty()) return {};
  Html notes;
  for (const auto& note : step.beside) notes += markup("<li>{}</li>\n", with_code(note));
  return markup("<ul>\n{}</ul>\n", notes);
}

Html paragraph(std::string_view text) {
  return text.empty() ? Html() : markup("<p>{}</p>\n", text);
}

Html step_html(const RepairStep& step, std::size_t number, const Row& row) {
  auto item = markup("<li><p><strong>{}</strong></p>\n", with_code(step.text));
  item += notes_html(step);
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

}  // namespace

Html repair_section(const Row& row, Audience audience) {
  const auto& steps = row.outcome->repair;
  if (steps.empty()) return {};
  if (audience != Audience::trusted) {
    return section_of(markup(
        "<p>Run {} on the agent's machine. This page shows the plan there, on localhost, and "
        "over TLS to a client with a password or a verified certificate.</p>\n",
        with_code(fmt::format("`cal_exporter repair --network {}`", row.instance->network))));
  }
  Html items;
  for (std::size_t i = 0; i < steps.size(); ++i) items += step_html(steps[i], i + 1, row);
  return section_of(
      markup("<p>The agent changes nothing. Do the steps in this order; of alternatives, the first "
             "gives the fewest rights. {}</p>\n<ol class=\"plan\">\n{}</ol>\n",
             std::ranges::any_of(steps, has_command) ? run_on_windows : "", items));
}

}  // namespace cal
