#include "agent/pages/runbook_page.h"

#include "agent/base/text.h"
#include "agent/pages/before.h"
#include "agent/pages/card.h"
#include "agent/pages/details.h"
#include "agent/pages/evidence.h"
#include "agent/pages/markdown.h"
#include "agent/pages/page.h"
#include "agent/pages/repair_section.h"
#include "agent/pages/times.h"

#include <algorithm>

namespace cal {

namespace {

constexpr std::size_t max_networks = 20;

Html network_card(const Links& links, const Row& row, SystemTime now) {
  const auto& instance = *row.instance;
  const auto probe = instance.kind->name;
  const auto foot = markup(
      R"(<p class="soft">{} · <a href="{}">History<span class="sr"> of {}</span></a></p>)"
      "\n",
      run_times_and_beginning(row, now), links.history(instance.network, probe), instance.network);
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
    cards += markup("<p>… and {}.</p>\n", counted(shown.size() - max_networks, "more network"));
  }
  return markup(R"(<section aria-labelledby="now">
<h2 id="now">Current results</h2>
{}</section>
)",
                cards);
}

Html section_named(std::string_view heading, const std::vector<MarkdownSection>& sections) {
  Html all;
  auto each = std::ranges::find(sections, heading, &MarkdownSection::heading);
  if (each == sections.end()) return all;
  const auto level = each->level;
  do {
    all += each->html;
  } while (++each != sections.end() && each->level > level);
  return all;
}

// What the cause that was found stops, and what not, in the words of the profile.
Html meaning_html(const Row& row) {
  const auto& causes = row.instance->causes;
  if (row.outcome->reason->verdict != Verdict::present || causes.size() != 1) return {};
  if (!is_consequence(causes.front())) return {};
  return markup("<p>This means: {}.</p>\n", meaning_of(causes.front(), row.instance->profile));
}

// What was found, as a heading. A summary of several sentences goes on below it, but for the one
// that says what to do.
Html finding_html(const Row& row) {
  const auto& outcome = *row.outcome;
  const auto [first, others] = first_sentence(outcome.summary);
  std::string rest(others);
  const auto action = action_of(outcome);
  if (const auto at = rest.find(action); at != rest.npos) rest.erase(at, action.size());
  return markup("<h1>{} {}</h1>\n{}", finding_badge(*row.instance, outcome), first,
                trimmed(rest).empty() ? Html() : markup("<p>{}</p>\n", trimmed(rest)));
}

// What was found, since when, and what to do. The words of the reason are for any network, so the
// steps for this one take their place.
Html answer_html(const Row& row, SystemTime now, Audience audience) {
  const auto& outcome = *row.outcome;
  auto answer = finding_html(row);
  if (severity_of(outcome) == Severity::ok) {
    answer += markup("<p class=\"soft\">{}</p>\n", row.instance->kind->question);
  } else {
    if (const auto began = beginning_of(row)) {
      answer += markup("<p class=\"soft\">Since {}</p>\n", beginning_html(*began, now));
    }
    if (!outcome.action.empty() || !shows_steps(outcome, audience)) {
      answer += markup("<p><strong>What to do:</strong> {}</p>\n", with_code(action_of(outcome)));
    }
  }
  return markup("<div class=\"card {}\">\n{}</div>\n", name_of(tone_of(outcome)), answer);
}

// What it stops, what was seen before, and when the probe ran.
Html context_html(const Links& links, const Row& row, const std::vector<Episode>& episodes,
                  SystemTime now) {
  const auto before =
      severity_of(*row.outcome) == Severity::ok ? Html() : before_html(*row.outcome, episodes, now);
  return markup(
      "<div class=\"card\">\n{}{}<p class=\"soft\">{} · <a href=\"{}\">History</a></p>\n"
      "</div>\n",
      meaning_html(row), before, run_times(row, now),
      links.history(row.instance->network, row.instance->kind->name));
}

// What somebody needs who was woken: the answer, the first step, all steps for it, and how to see
// that it is repaired.
Html one_network(const Links& links, const Row& row, const std::vector<Episode>& episodes,
                 std::string_view markdown, SystemTime now, Audience audience) {
  const auto& outcome = *row.outcome;
  const auto& reason = *outcome.reason;
  const auto probe = row.instance->kind->name;
  const auto& network = row.instance->network;
  auto body = markup("<p class=\"soft\">Network {} · <code>{}</code></p>\n{}{}{}", network, probe,
                     answer_html(row, now, audience), repair_section(row, audience),
                     context_html(links, row, episodes, now));
  const auto profile = row.instance->profile;
  if (severity_of(outcome) != Severity::ok) {
    const auto own = html_of_markdown(links, markdown, RunbookReader{profile, reason.word});
    body += steps_for(reason.word, own.sections);
    body += section_named("Verify", own.sections);
  }
  body +=
      details_html(Fold::folded, "evidence", "card", Html("Evidence"),
                   markup("{}{}", evidence_list(outcome.evidence, outcome, row.instance->causes),
                          phase_list(outcome.phases)));
  body += details_html(Fold::folded, "whole", "card", Html("The whole runbook"),
                       html_of_markdown(links, markdown, RunbookReader{profile}).body());
  body += markup("<p><a href=\"{}\">All networks</a> · <a href=\"{}\">All probes in {}</a></p>\n",
                 links.runbook(probe), links.network(network), network);
  return body;
}

}  // namespace

std::string runbook_page(const Links& links, std::string_view probe, std::string_view markdown,
                         const Rows& rows, std::string_view network,
                         const std::vector<Episode>& episodes, SystemTime now, Audience audience) {
  Rows shown;
  std::ranges::copy_if(rows, std::back_inserter(shown),
                       [&](const Row& row) { return row.instance->kind->name == probe; });
  const auto only =
      std::ranges::find_if(shown, [&](const Row& row) { return row.instance->network == network; });
  Html body;
  std::string title;
  if (only != shown.end()) {
    title = fmt::format("{}: {}", network, first_sentence(only->outcome->summary).first);
    body = one_network(links, *only, episodes, markdown, now, audience);
  } else {
    title = fmt::format("Runbook: {}", title_of(probe));
    std::ranges::stable_sort(shown, {}, [](const Row& row) { return urgency_of(*row.outcome); });
    const auto runbook = html_of_markdown(links, markdown);
    body = runbook.title;
    if (!network.empty()) {
      body += markup("<p>No network of this agent has the name {} and this probe.</p>\n", network);
    }
    body += current_results(links, shown, now);
    body += runbook.body();
  }
  return page(links, title, markup("<div class=\"runbook\">\n{}</div>\n", body), now);
}

}  // namespace cal
