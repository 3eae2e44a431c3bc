#include "agent/pages/probe_page.h"

#include "agent/base/text.h"
#include "agent/pages/card.h"
#include "agent/pages/details.h"
#include "agent/pages/evidence.h"
#include "agent/pages/page.h"
#include "agent/pages/times.h"

#include <algorithm>

namespace cal {

namespace {

// With 256 kB of short episodes the page would be megabytes.
constexpr std::size_t max_episodes = 200;

Html soft(const Html& html) { return markup("<p class=\"soft\">{}</p>\n", html); }

Html current_result(const Row& row, SystemTime now) {
  const auto age = std::chrono::duration_cast<Milliseconds>(now - row.since.value_or(now));
  const auto& instance = *row.instance;
  return markup(R"(<section aria-labelledby="now">
<h2 id="now">Current result, for {}</h2>
{}</section>
)",
                age_text(age),
                to_html({"found-now", std::string(instance.kind->name), instance, *row.outcome,
                         soft(run_times(row, now))}));
}

Html latest_change(const Instance& instance, const std::vector<Episode>& episodes, SystemTime now) {
  const auto [last_good, first_bad, good_again] = turn_of(episodes);
  if (first_bad == nullptr) return {};
  Html cards;
  if (last_good != nullptr) {
    cards += to_html({"last-good", "Last good", instance, *last_good->outcome,
                      soft(age_html(last_good->last, now))});
  }
  const bool is_bad = first_bad->outcome->reason->verdict == Verdict::present;
  const auto end =
      good_again ? markup("good again {}", age_html(good_again->first, now)) : Html("ongoing");
  cards +=
      to_html({"first-bad", is_bad ? "First bad" : "First unknown", instance, *first_bad->outcome,
               soft(markup("{}; {}", age_html(first_bad->first, now), end))});
  return markup(R"(<section aria-labelledby="turn">
<h2 id="turn">When the result changed</h2>
<div class="probes">
{}</div>
</section>
)",
                cards);
}

Html episode_html(const Instance& instance, const Episode& episode) {
  const auto& outcome = *episode.outcome;
  const auto longest = std::chrono::duration<double, std::milli>(episode.longest).count();
  const auto runs =
      episode.runs == 1
          ? markup("{}; 1 run, {:.1f} ms", time_html(episode.last), longest)
          : markup("{} to {}; {} runs, the longest {:.1f} ms", time_html(episode.first),
                   time_html(episode.last), episode.runs, longest);
  auto details = evidence_list(outcome.evidence, outcome, instance.causes);
  details += phase_list(outcome.phases);
  return markup(
      R"(<li class="card {}">{} <code>{}</code> {}
{}{}</li>
)",
      name_of(tone_of(outcome)), finding_badge(instance, outcome), outcome.reason->word,
      outcome.summary, soft(runs),
      details_html(Fold::folded, fmt::format("run-{}", episode.first.time_since_epoch().count()),
                   "run", Html("Evidence and phases"), details));
}

Html all_runs(const Row& row, const std::vector<Episode>& episodes) {
  const auto shown = std::min(episodes.size(), max_episodes);
  auto summary =
      fmt::format("{} {}, one every {}. Consecutive runs with the same result are grouped.",
                  row.runs, row.runs == 1 ? "run" : "runs", span_text(row.instance->interval));
  if (shown < episodes.size()) {
    summary += fmt::format(" These are the newest {} of {} groups.", shown, episodes.size());
  }
  Html items;
  for (std::size_t i = 0; i < shown; ++i) items += episode_html(*row.instance, episodes[i]);
  return markup(R"(<section aria-labelledby="runs">
<h2 id="runs">Runs, newest first</h2>
{}<ol class="runs">
{}</ol>
</section>
)",
                soft(Html(summary)), items);
}

}  // namespace

std::string probe_page(const Links& links, const Board::Past& past, SystemTime now) {
  const auto& instance = *past.row.instance;
  const auto probe = instance.kind->name;
  const auto& network = instance.network;
  const auto title = fmt::format("{} in {}", probe, network);
  auto body =
      markup(R"(<h1>{}</h1>
<p>{}</p>
<p><a href="{}">All probes in {}</a> · <a href="{}">Runbook: what to do</a></p>
)",
             title, instance.kind->question, links.network(network), network, links.runbook(probe));
  body += current_result(past.row, now);
  body += latest_change(instance, past.episodes, now);
  body += all_runs(past.row, past.episodes);
  return page(links, title, body, now);
}

}  // namespace cal
