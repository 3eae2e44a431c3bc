#include "agent/probe_page.h"

#include "agent/html.h"
#include "agent/text.h"

#include <fmt/format.h>

namespace cal {

namespace {

// With 256 kB of short episodes the page would be megabytes.
constexpr std::size_t most_shown = 200;

void append_turn(std::string& html, const std::vector<Episode>& episodes, System now) {
  const auto [last_good, first_bad] = turn_of(episodes);
  if (first_bad == nullptr) return;
  html +=
      "<section aria-labelledby=\"turn\">\n<h2 id=\"turn\">Where the answer turned</h2>\n"
      "<div class=\"probes\">\n";
  for (const auto& [heading, episode] :
       {std::pair("Last good", last_good), std::pair("First bad", first_bad)}) {
    if (episode == nullptr) continue;
    const auto& outcome = *episode->outcome;
    html += fmt::format(
        "<article class=\"card {}\">\n<h3>{}: {} <code>{}</code></h3>\n"
        "<p>{}</p>\n{}<p class=\"soft\">{}</p>\n</article>\n",
        name_of(outcome.reason->verdict), heading, verdict_badge(outcome.reason->verdict),
        outcome.reason->word, html_escape(outcome.summary), evidence_list(outcome.evidence),
        time_html(episode == last_good ? episode->last : episode->first, now));
  }
  html += "</div>\n</section>\n";
}

void append_episode(std::string& html, const Episode& episode) {
  const auto& outcome = *episode.outcome;
  const auto times = episode.runs == 1
                         ? utc_text(episode.last)
                         : fmt::format("{} to {}", utc_text(episode.first), utc_text(episode.last));
  html += fmt::format(
      "<li class=\"card {}\">{} <code>{}</code> {}\n"
      "<p class=\"soft\">{}; {} {}, the longest took {:.1f} ms</p>\n"
      "<details><summary>Evidence and phases</summary>\n{}{}</details></li>\n",
      name_of(outcome.reason->verdict), verdict_badge(outcome.reason->verdict),
      outcome.reason->word, html_escape(outcome.summary), times, episode.runs,
      episode.runs == 1 ? "run" : "runs",
      std::chrono::duration<double, std::milli>(episode.longest).count(),
      evidence_list(outcome.evidence), phase_list(outcome.phases));
}

}  // namespace

std::string probe_page(const Board::Past& past, System now) {
  const auto& instance = *past.row.instance;
  const auto& episodes = past.episodes;
  auto html = fmt::format(
      "<h1>{0} of {1}</h1>\n<p>{2}</p>\n<p><a href=\"{3}\">What to do: the runbook</a></p>\n",
      html_escape(instance.kind->name), html_escape(instance.network),
      html_escape(instance.kind->question), runbook_path(instance.kind->name));
  append_turn(html, episodes, now);
  html += fmt::format(
      "<section aria-labelledby=\"runs\">\n<h2 id=\"runs\">Runs, the newest first</h2>\n"
      "<p class=\"soft\">{} runs every {}; runs in a row that found the same stand "
      "together.{}</p>\n"
      "<ol class=\"runs\">\n",
      past.row.runs, duration_text(instance.interval),
      episodes.size() > most_shown
          ? fmt::format(" The newest {} of {}.", most_shown, episodes.size())
          : "");
  for (std::size_t i = 0; i < std::min(episodes.size(), most_shown); ++i) {
    append_episode(html, episodes[i]);
  }
  html += "</ol>\n</section>\n";
  return html_page(fmt::format("{} of {}", instance.kind->name, instance.network), html, now,
                   Refresh::never);
}

}  // namespace cal
