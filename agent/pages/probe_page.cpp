#include "agent/pages/probe_page.h"

#include "agent/base/text.h"
#include "agent/pages/html.h"

#include <fmt/format.h>

namespace cal {

namespace {

// With 256 kB of short episodes the page would be megabytes.
constexpr std::size_t max_episodes = 200;

std::string now_html(const Row& row, SystemTime now) {
  const auto since = row.since.value_or(now);
  return fmt::format(
      "<section aria-labelledby=\"now\">\n<h2 id=\"now\">Now, for {}</h2>\n{}</section>\n",
      age_text(std::chrono::duration_cast<Milliseconds>(now - since)),
      card_html({"found-now", std::string(row.instance->kind->name), *row.instance, *row.outcome,
                 fmt::format("<p class=\"soft\">{}</p>\n", times_html(row, now))}));
}

std::string turn_html(const Instance& instance, const std::vector<Episode>& episodes,
                      SystemTime now) {
  const auto [last_good, first_bad, good_again] = turn_of(episodes);
  if (first_bad == nullptr) return "";
  std::string html =
      "<section aria-labelledby=\"turn\">\n<h2 id=\"turn\">Where the answer turned</h2>\n"
      "<div class=\"probes\">\n";
  const auto card = [&](std::string id, std::string title, const Episode& episode,
                        std::string_view times) {
    return card_html({std::move(id), std::move(title), instance, *episode.outcome,
                      fmt::format("<p class=\"soft\">{}</p>\n", times)});
  };
  if (last_good != nullptr) {
    html += card("last-good", "Last good", *last_good, age_html(last_good->last, now));
  }
  const bool is_bad = first_bad->outcome->reason->verdict == Verdict::present;
  html += card(
      "first-bad", is_bad ? "First bad" : "First unknown", *first_bad,
      age_html(first_bad->first, now) +
          (good_again ? "; good again " + age_html(good_again->first, now) : "; not over yet"));
  return html + "</div>\n</section>\n";
}

void append_episode(std::string& html, const Instance& instance, const Episode& episode) {
  const auto& outcome = *episode.outcome;
  const auto times = episode.runs == 1
                         ? utc_text(episode.last)
                         : fmt::format("{} to {}", utc_text(episode.first), utc_text(episode.last));
  html += fmt::format(
      "<li class=\"card {}\">{} <code>{}</code> {}\n"
      "<p class=\"soft\">{}; {} {}, the longest took {:.1f} ms</p>\n"
      "<details id=\"run-{}\"><summary>Evidence and phases</summary>\n{}{}</details></li>\n",
      name_of(outcome.reason->verdict), finding_badge(instance, *outcome.reason),
      outcome.reason->word, html_escape(outcome.summary), times, episode.runs,
      episode.runs == 1 ? "run" : "runs",
      std::chrono::duration<double, std::milli>(episode.longest).count(),
      episode.first.time_since_epoch().count(), evidence_list(outcome.evidence),
      phase_list(outcome.phases));
}

}  // namespace

std::string probe_page(const Board::Past& past, SystemTime now) {
  const auto& instance = *past.row.instance;
  const auto& episodes = past.episodes;
  auto html = fmt::format(
      "<h1>{0} of {1}</h1>\n<p>{2}</p>\n<p><a href=\"{3}\">All of {1}</a> · "
      "<a href=\"{4}\">What to do: the runbook</a></p>\n",
      html_escape(instance.kind->name), html_escape(instance.network),
      html_escape(instance.kind->question), network_path(instance.network),
      runbook_path(instance.kind->name));
  html += now_html(past.row, now);
  html += turn_html(instance, episodes, now);
  html += fmt::format(
      "<section aria-labelledby=\"runs\">\n<h2 id=\"runs\">Runs, the newest first</h2>\n"
      "<p class=\"soft\">{} {}, one every {}; runs in a row that found the same stand "
      "together.{}</p>\n"
      "<ol class=\"runs\">\n",
      past.row.runs, past.row.runs == 1 ? "run" : "runs", span_text(instance.interval),
      episodes.size() > max_episodes
          ? fmt::format(" The newest {} of {}.", max_episodes, episodes.size())
          : "");
  for (std::size_t i = 0; i < std::min(episodes.size(), max_episodes); ++i) {
    append_episode(html, instance, episodes[i]);
  }
  html += "</ol>\n</section>\n";
  return html_page(fmt::format("{} of {}", instance.kind->name, instance.network), html, now);
}

}  // namespace cal
