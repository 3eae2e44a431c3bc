#include "agent/pages/runbook_page.h"

#include "agent/base/text.h"
#include "agent/pages/html.h"
#include "agent/pages/markdown.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal {

namespace {

constexpr std::size_t max_networks = 20;

std::string network_card(const Row& row, SystemTime now) {
  const auto& instance = *row.instance;
  const auto foot = fmt::format(
      "<p class=\"soft\">{} · <a href=\"{}\">History<span class=\"sr\"> of {}</span></a></p>\n",
      times_html(row, now), probe_path(instance), html_escape(instance.network));
  return card_html({fmt::format("{}/{}", instance.network, instance.kind->name), instance.network,
                    instance, *row.outcome, foot});
}

std::string seen_now(const Rows& shown, SystemTime now) {
  std::string html = "<section aria-labelledby=\"now\">\n<h2 id=\"now\">What is seen now</h2>\n";
  if (shown.empty()) html += "<p>No network of this agent has this probe.</p>\n";
  for (std::size_t i = 0; i < std::min(shown.size(), max_networks); ++i) {
    html += network_card(shown[i], now);
  }
  if (shown.size() > max_networks) {
    html += fmt::format("<p>… and {} more networks.</p>\n", shown.size() - max_networks);
  }
  return html + "</section>\n";
}

}  // namespace

std::string runbook_page(std::string_view probe, std::string_view markdown, const Rows& rows,
                         SystemTime now) {
  Rows shown;
  std::ranges::copy_if(rows, std::back_inserter(shown),
                       [&](const Row& row) { return row.instance->kind->name == probe; });
  std::ranges::stable_sort(shown, {},
                           [](const Row& row) { return urgency_of(*row.outcome->reason); });
  // Below the title of the page, which is the first line of the Markdown.
  auto html = html_of_markdown(markdown);
  constexpr std::string_view end_of_title = "</h1>\n";
  const auto title = html.find(end_of_title);
  html.insert(title == html.npos ? 0 : title + end_of_title.size(), seen_now(shown, now));
  return html_page(fmt::format("Runbook: {}", probe),
                   "<div class=\"runbook\">\n" + html + "</div>\n", now);
}

}  // namespace cal
