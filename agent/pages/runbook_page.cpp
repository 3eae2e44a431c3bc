#include "agent/pages/runbook_page.h"

#include "agent/pages/card.h"
#include "agent/pages/markdown.h"
#include "agent/pages/page.h"
#include "agent/pages/times.h"

#include <algorithm>

namespace cal {

namespace {

constexpr std::size_t max_networks = 20;

Html network_card(const Links& links, const Row& row, SystemTime now) {
  const auto& instance = *row.instance;
  const auto probe = instance.kind->name;
  const auto foot =
      markup(R"(<p class="soft">{} · <a href="{}">History<span class="sr"> of {}</span></a></p>)"
             "\n",
             run_times(row, now), links.history(instance.network, probe), instance.network);
  return to_html({fmt::format("{}/{}", instance.network, probe), instance.network, instance,
                  *row.outcome, foot});
}

Html current_results(const Links& links, const Rows& shown, SystemTime now) {
  Html cards;
  if (shown.empty()) cards = markup("<p>No network of this agent uses this probe.</p>\n");
  for (std::size_t i = 0; i < std::min(shown.size(), max_networks); ++i) {
    cards += network_card(links, shown[i], now);
  }
  if (shown.size() > max_networks) {
    cards += markup("<p>… and {} more networks.</p>\n", shown.size() - max_networks);
  }
  return markup(R"(<section aria-labelledby="now">
<h2 id="now">Current results</h2>
{}</section>
)",
                cards);
}

}  // namespace

std::string runbook_page(const Links& links, std::string_view probe, std::string_view markdown,
                         const Rows& rows, SystemTime now) {
  Rows shown;
  std::ranges::copy_if(rows, std::back_inserter(shown),
                       [&](const Row& row) { return row.instance->kind->name == probe; });
  std::ranges::stable_sort(shown, {},
                           [](const Row& row) { return urgency_of(*row.outcome->reason); });
  const auto runbook = html_of_markdown(links, markdown);
  const auto body = markup("<div class=\"runbook\">\n{}{}{}</div>\n", runbook.title,
                           current_results(links, shown, now), runbook.body);
  return page(links, fmt::format("Runbook: {}", probe), body, now);
}

}  // namespace cal
