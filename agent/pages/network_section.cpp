#include "agent/pages/network_section.h"

#include "agent/pages/card.h"
#include "agent/pages/details.h"
#include "agent/pages/evidence.h"
#include "agent/pages/times.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace cal {

namespace {

// Which probes say so, and when if it is past. What a probe says stands in its line below; only an
// event that is not the probe's worst says more.
Html findings_html(const Links& links, const NetworkRows& network, std::string_view heading,
                   const std::vector<Finding>& findings) {
  if (findings.empty()) return {};
  Html items;
  for (const auto& finding : findings) {
    const bool is_below = std::ranges::any_of(network.rows, [&](const Row& row) {
      return row.instance->kind->name == finding.probe && row.outcome->summary == finding.sentence;
    });
    items += markup("{}<a href=\"{}\">{}</a>{}{}{}", items.empty() ? "" : ", ",
                    links.runbook(finding.probe, network.diagnosis.network),
                    title_of(finding.probe), is_below ? "" : ": ",
                    is_below ? std::string_view{} : std::string_view(finding.sentence),
                    finding.seen_at ? markup(" ({})", time_html(*finding.seen_at)) : Html());
  }
  return markup("<br>{} {}\n", heading, items);
}

// The only finding, if the sentence of the diagnosis says all that there is about it.
const Finding* only_finding(const Diagnosis& diagnosis) {
  if (diagnosis.suspects.size() != 1) return nullptr;
  const auto& suspect = diagnosis.suspects[0];
  return suspect.findings.size() == 1 && suspect.against.empty() ? &suspect.findings[0] : nullptr;
}

Html causes_html(const Links& links, const NetworkRows& network) {
  const auto& diagnosis = network.diagnosis;
  Html items;
  for (const auto& suspect : diagnosis.suspects) {
    items += markup("<li><strong>{}</strong> ({})\n{}{}</li>\n",
                    meaning_of(suspect.cause, diagnosis.profile), likelihood_of(suspect.strength()),
                    findings_html(links, network, "Found by", suspect.findings),
                    findings_html(links, network, "Not found by", suspect.against));
  }
  return details_html(Fold::unfolded, fmt::format("{}/causes", diagnosis.network), "causes",
                      Html("Causes, most likely first"), markup("<ol>\n{}</ol>\n", items));
}

// The answer does not look good if something below it has to be put right, although it is not the
// cause.
Tone tone_of_network(const NetworkRows& network) {
  const auto tone = tone_of(network.diagnosis);
  const bool all_good = std::ranges::all_of(
      network.rows, [](const Row& row) { return severity_of(*row.outcome) == Severity::ok; });
  return tone == Tone::good && !all_good ? Tone::notice : tone;
}

Html since_line(const Diagnosis& diagnosis, SystemTime now) {
  if (!diagnosis.since) return {};
  return markup("<p class=\"soft\">{} {}</p>\n", diagnosis.is_past ? "Last seen" : "Since",
                beginning_html(*diagnosis.since, now));
}

Html diagnosis_html(const Links& links, const NetworkRows& network, SystemTime now) {
  const auto& diagnosis = network.diagnosis;
  const auto tone = tone_of_network(network);
  auto content = markup("<p class=\"headline\">{} {}</p>\n", badge(tone, ""), diagnosis.sentence);
  if (!diagnosis.impact.empty()) content += markup("<p>{}</p>\n", diagnosis.impact);
  content += since_line(diagnosis, now);
  if (!diagnosis.first_step.empty()) {
    content += markup("<p><strong>First step:</strong> {} <a href=\"{}\">All steps</a></p>\n",
                      with_code(diagnosis.first_step),
                      links.runbook(diagnosis.runbook, diagnosis.network));
  }
  if (!diagnosis.suspects.empty() && only_finding(diagnosis) == nullptr) {
    content += causes_html(links, network);
  }
  return markup("<div class=\"card {}\">\n{}</div>\n", name_of(tone), content);
}

// What probes count against a total: the licenses.
Html meters_html(std::span<const Row> rows) {
  Html lists;
  for (const auto& row : rows) {
    std::vector<Evidence> meters;
    std::ranges::copy_if(row.outcome->evidence, std::back_inserter(meters),
                         [](const Evidence& each) { return each.meter.has_value(); });
    lists += evidence_list(meters, *row.outcome, row.instance->causes);
  }
  if (lists.empty()) return {};
  return markup("<div class=\"card\">\n<h3>Licenses</h3>\n{}</div>\n", lists);
}

// A line that unfolds. The id has the verdict in it: what was folded while it was in order unfolds
// when it breaks.
Html probe_line(const Links& links, const Row& row, const Diagnosis& diagnosis, SystemTime now) {
  const auto& instance = *row.instance;
  const auto& outcome = *row.outcome;
  const auto& reason = *outcome.reason;
  const auto name = instance.kind->name;
  const auto* only = only_finding(diagnosis);
  const bool is_said_above = only != nullptr && only->probe == name;
  Html content;
  if (severity_of(outcome) != Severity::ok && action_of(outcome) != diagnosis.first_step) {
    content += markup("<p><strong>What to do:</strong> {}</p>\n", with_code(action_of(outcome)));
  }
  content += evidence_list(outcome.evidence, outcome, instance.causes);
  content += phase_list(outcome.phases);
  content +=
      markup(R"(<p class="soft">{} · <a href="{}">Runbook<span class="sr"> of {}</span></a> · )"
             R"(<a href="{}">History<span class="sr"> of {}</span></a></p>)"
             "\n",
             run_times_and_beginning(row, now), links.runbook(name, instance.network), name,
             links.history(instance.network, name), name);
  const auto line = markup("<h3>{} {}</h3> <code class=\"soft\">{}: {}</code> <span>{}</span>",
                           finding_badge(instance, outcome), title_of(name), name, reason.word,
                           is_said_above ? std::string_view{} : std::string_view(outcome.summary));
  const auto id = fmt::format("{}/{}/{}", instance.network, name, name_of(reason.verdict));
  return details_html(severity_of(outcome) == Severity::ok ? Fold::folded : Fold::unfolded, id,
                      fmt::format("card {}", name_of(tone_of(outcome))), line, content);
}

}  // namespace

std::vector<NetworkRows> networks_of(const Rows& rows) {
  std::vector<NetworkRows> networks;
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

Tone tone_of(const Diagnosis& diagnosis) {
  if (diagnosis.suspects.empty()) return diagnosis.cannot_tell() ? Tone::unknown : Tone::good;
  return diagnosis.suspects.front().strength() == Strength::weak ? Tone::possible : Tone::bad;
}

std::string answer_of(const Diagnosis& diagnosis) {
  if (!diagnosis.suspects.empty()) {
    return fmt::format("{} cause", likelihood_of(diagnosis.suspects.front().strength()));
  }
  return diagnosis.cannot_tell() ? "cannot tell" : "no cause found";
}

int rank_of(const Diagnosis& diagnosis) {
  if (!diagnosis.suspects.empty()) return -static_cast<int>(diagnosis.suspects[0].strength());
  return diagnosis.cannot_tell() ? 0 : 1;
}

Html network_section(const Links& links, const NetworkRows& network, SystemTime now) {
  Rows rows(network.rows.begin(), network.rows.end());
  std::ranges::stable_sort(rows, {}, [](const Row& row) { return urgency_of(*row.outcome); });
  Html lines;
  for (const auto& row : rows) lines += probe_line(links, row, network.diagnosis, now);
  return markup(R"(<section class="network" id="{0}" aria-labelledby="{0}-name">
<h2 id="{0}-name">{0}</h2>
{1}{2}<div class="lines">
{3}</div>
</section>
)",
                network.diagnosis.network, diagnosis_html(links, network, now),
                meters_html(network.rows), lines);
}

}  // namespace cal
