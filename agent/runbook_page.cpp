#include "agent/runbook_page.h"

#include "agent/html.h"
#include "agent/markdown.h"
#include "agent/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal {

namespace {

constexpr std::size_t most_shown = 20;

void append_row(std::string& html, const Row& row, System now) {
  const auto& outcome = *row.outcome;
  html += fmt::format(
      "<article class=\"card {0}\">\n<h3>{1}: {2} <code>{3}</code></h3>\n<p>{4}</p>\n",
      name_of(outcome.reason->verdict), html_escape(row.instance->network),
      verdict_badge(outcome.reason->verdict), outcome.reason->word, html_escape(outcome.summary));
  if (outcome.reason->severity != Severity::ok) {
    html += fmt::format("<p><strong>What to do:</strong> {}</p>\n",
                        html_escape(outcome.reason->action));
  }
  html += evidence_list(outcome.evidence);
  html += fmt::format("<p class=\"soft\">{} · <a href=\"{}\">history</a></p>\n</article>\n",
                      row.last_run ? "checked " + time_html(*row.last_run, now) : "not run yet",
                      probe_path(*row.instance));
}

}  // namespace

std::string runbook_page(std::string_view probe, std::string_view markdown, const Rows& rows,
                         System now) {
  Rows shown;
  std::ranges::copy_if(rows, std::back_inserter(shown),
                       [&](const Row& row) { return row.instance->kind->name == probe; });
  std::ranges::stable_sort(shown, {},
                           [](const Row& row) { return urgency_of(*row.outcome->reason); });
  std::string html = "<section aria-labelledby=\"now\">\n<h2 id=\"now\">What is seen now</h2>\n";
  if (shown.empty()) html += "<p>No network of this agent has this probe.</p>\n";
  for (std::size_t i = 0; i < std::min(shown.size(), most_shown); ++i) {
    append_row(html, shown[i], now);
  }
  if (shown.size() > most_shown) {
    html += fmt::format("<p>… and {} more networks.</p>\n", shown.size() - most_shown);
  }
  html += "</section>\n<section class=\"runbook\">\n" + html_of_markdown(markdown) + "</section>\n";
  return html_page(fmt::format("Runbook: {}", probe), html, now, Refresh::never);
}

}  // namespace cal
