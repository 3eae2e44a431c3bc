#include "agent/pages/status_page.h"

#include "agent/base/text.h"
#include "agent/diagnosis/diagnosis.h"
#include "agent/pages/card.h"
#include "agent/pages/evidence.h"
#include "agent/pages/page.h"
#include "agent/pages/times.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <span>
#include <utility>

namespace cal {

namespace {

struct Network {
  Diagnosis diagnosis;
  std::span<const Row> rows;
};

std::vector<Network> networks_of(const Rows& rows) {
  std::vector<Network> networks;
  std::span<const Row> rest(rows);
  for (auto& diagnosis : diagnose_all(rows)) {
    const auto end = std::ranges::find_if(
        rest, [&](const Row& row) { return row.instance->network != diagnosis.network; });
    const auto count = static_cast<std::size_t>(end - rest.begin());
    networks.push_back({std::move(diagnosis), rest.first(count)});
    rest = rest.subspan(count);
  }
  return networks;
}

Verdict verdict_of(const Diagnosis& diagnosis) {
  if (!diagnosis.suspects.empty()) return Verdict::present;
  return diagnosis.cannot_tell() ? Verdict::unknown : Verdict::clear;
}

// The answer of a diagnosis in a few words.
std::string answer_of(const Diagnosis& diagnosis) {
  if (!diagnosis.suspects.empty()) {
    return fmt::format("{} cause", likelihood_of(diagnosis.suspects.front().strength()));
  }
  return diagnosis.cannot_tell() ? "cannot tell" : "no cause found";
}

// For sorting: the most certain cause first, what is unknown before what is clear.
int rank_of(const Diagnosis& diagnosis) {
  if (!diagnosis.suspects.empty()) return -static_cast<int>(diagnosis.suspects[0].strength());
  return diagnosis.cannot_tell() ? 0 : 1;
}

// "ebs: likely cause", "500 networks: 1 certain cause, 2 possible cause, 497 no cause found"
std::string headline(const std::vector<Network>& networks) {
  if (networks.empty()) return "no network is configured";
  if (networks.size() == 1) {
    const auto& only = networks.front().diagnosis;
    return fmt::format("{}: {}", only.network, answer_of(only));
  }
  std::map<std::pair<int, std::string>, int> counts;
  for (const auto& each : networks) {
    ++counts[{rank_of(each.diagnosis), answer_of(each.diagnosis)}];
  }
  std::vector<std::string> answers;
  answers.reserve(counts.size());
  for (const auto& [answer, count] : counts) {
    answers.push_back(fmt::format("{} {}", count, answer.second));
  }
  return fmt::format("{} networks: {}", networks.size(), fmt::join(answers, ", "));
}

Html nothing_watched() {
  return markup(R"(<div class="card unknown">
<p class="headline">Nothing is watched yet: no network is configured.</p>
<p><strong>First step:</strong> add your network to the configuration file (<code>man cal_exporter.yml</code> describes every key), check it with <code>cal_exporter --config.check</code>, and reload: <code>systemctl reload cal_exporter</code></p>
</div>
)");
}

Html findings_html(const Links& links, std::string_view heading,
                   const std::vector<Finding>& findings) {
  if (findings.empty()) return {};
  Html items;
  for (const auto& finding : findings) {
    items += markup("<li><a href=\"{}\">{}</a>: {}{}</li>\n", links.runbook(finding.probe),
                    finding.probe, finding.sentence,
                    finding.seen_at ? markup(" ({})", time_html(*finding.seen_at)) : Html());
  }
  return markup("<p>{}</p>\n<ul>\n{}</ul>\n", heading, items);
}

// The sentence of the diagnosis says all that there is: one suspect for one reason.
bool sentence_says_all(const Diagnosis& diagnosis) {
  const auto& suspects = diagnosis.suspects;
  return suspects.empty() ||
         (suspects.size() == 1 && suspects[0].findings.size() == 1 && suspects[0].against.empty());
}

Html causes_html(const Links& links, const Diagnosis& diagnosis) {
  Html items;
  for (const auto& suspect : diagnosis.suspects) {
    items += markup("<li><strong>{}</strong> ({})\n{}{}</li>\n", meaning_of(suspect.cause),
                    likelihood_of(suspect.strength()),
                    findings_html(links, "Evidence:", suspect.findings),
                    findings_html(links, "Contradicting findings:", suspect.against));
  }
  return markup(R"(<details open id="{}/causes">
<summary>Causes, most likely first</summary>
<ol>
{}</ol>
</details>
)",
                diagnosis.network, items);
}

Html diagnosis_html(const Links& links, const Diagnosis& diagnosis) {
  const auto verdict = verdict_of(diagnosis);
  auto content =
      markup("<p class=\"headline\">{} {}</p>\n", badge(verdict, ""), diagnosis.sentence);
  if (!diagnosis.first_step.empty()) {
    const auto steps = diagnosis.suspects.empty() ? "diagnose" : "resolve";
    content += markup("<p><strong>First step:</strong> {} <a href=\"{}\">All steps</a></p>\n",
                      diagnosis.first_step, links.runbook(diagnosis.runbook).at(steps));
  }
  if (!sentence_says_all(diagnosis)) content += causes_html(links, diagnosis);
  return markup("<div class=\"card {}\">\n{}</div>\n", name_of(verdict), content);
}

// What probes count against a total: the licenses.
Html meters_html(std::span<const Row> rows) {
  std::vector<Evidence> meters;
  for (const auto& row : rows) {
    std::ranges::copy_if(row.outcome->evidence, std::back_inserter(meters),
                         [](const Evidence& each) { return each.meter.has_value(); });
  }
  if (meters.empty()) return {};
  return markup("<div class=\"card\">\n<h3>Licenses</h3>\n{}</div>\n", evidence_list(meters));
}

Html card_of(const Links& links, const Row& row, SystemTime now) {
  const auto& instance = *row.instance;
  const auto name = instance.kind->name;
  const auto pages = markup(R"(<p><a href="{}">Runbook<span class="sr"> of {}</span></a> · )"
                            R"(<a href="{}">History<span class="sr"> of {}</span></a></p>)"
                            "\n",
                            links.runbook(name), name, links.history(instance.network, name), name);
  const auto foot = markup("{}<p class=\"soft\">{}</p>\n{}", phase_list(row.outcome->phases),
                           run_times(row, now), pages);
  return to_html({fmt::format("{}/{}", instance.network, name), std::string(name), instance,
                  *row.outcome, foot});
}

Html network_html(const Links& links, const Network& network, SystemTime now) {
  Rows rows(network.rows.begin(), network.rows.end());
  std::ranges::stable_sort(rows, {},
                           [](const Row& row) { return urgency_of(*row.outcome->reason); });
  Html cards;
  for (const auto& row : rows) cards += card_of(links, row, now);
  return markup(R"(<section class="network" id="{0}" aria-labelledby="{0}-name">
<h2 id="{0}-name">{0}</h2>
{1}{2}<div class="probes">
{3}</div>
</section>
)",
                network.diagnosis.network, diagnosis_html(links, network.diagnosis),
                meters_html(network.rows), cards);
}

// The search, and one line for each network; its name is a link to all of it.
Html network_list(const Links& links, const std::vector<const Network*>& networks,
                  std::string_view search) {
  Html items;
  for (const auto* each : networks) {
    const auto& diagnosis = each->diagnosis;
    const auto verdict = verdict_of(diagnosis);
    items += markup("<li class=\"{}\"><a href=\"{}\">{}</a> <span>{}</span> <span>{}</span></li>\n",
                    name_of(verdict), links.network(diagnosis.network), diagnosis.network,
                    badge(verdict, answer_of(diagnosis)), diagnosis.sentence);
  }
  return markup(R"(<form role="search" action="{0}">
<label>Search networks <input type="search" name="search" value="{1}"></label>
<button>Search</button> <a href="{0}">Show all</a>
</form>
<ul class="networks">
{2}</ul>
)",
                links.status(), search, items);
}

// The network with this name; otherwise those whose name contains it.
std::vector<const Network*> search_in(const std::vector<Network>& networks,
                                      std::string_view search) {
  const auto wanted = folded(search);
  std::vector<const Network*> equal;
  std::vector<const Network*> similar;
  for (const auto& network : networks) {
    const auto name = folded(network.diagnosis.network);
    if (name == wanted) equal.push_back(&network);
    if (name.find(wanted) != std::string::npos) similar.push_back(&network);
  }
  return equal.empty() ? similar : equal;
}

}  // namespace

std::string status_page(const Links& links, const Rows& rows, std::string_view search,
                        SystemTime now) {
  const auto networks = networks_of(rows);
  auto found = search_in(networks, search);
  std::ranges::stable_sort(found, {}, [](const Network* each) { return rank_of(each->diagnosis); });
  auto body = markup("<h1>Why does the CAL pack not activate?</h1>\n");
  if (networks.empty()) body += nothing_watched();
  if (networks.size() > 1) body += markup("<p>{}</p>\n", headline(networks));
  if (networks.size() > max_networks_shown || !search.empty()) {
    body += network_list(links, found, search);
    if (found.empty()) body += markup("<p>No network name contains this text.</p>\n");
  }
  if (found.size() <= max_networks_shown) {
    for (const auto* network : found) body += network_html(links, *network, now);
  }
  return page(links, headline(networks), body, now);
}

}  // namespace cal
