#include "agent/pages/status_page.h"

#include "agent/base/text.h"
#include "agent/diagnosis/diagnosis.h"
#include "agent/pages/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <utility>

namespace cal {

namespace {

constexpr std::string_view no_network_html =
    "<div class=\"card unknown\">\n<p class=\"headline\">Nothing is watched yet: no network is "
    "configured.</p>\n<p><strong>First step:</strong> name your network in the configuration file "
    "(<code>man cal_exporter.yml</code> has every key), check it with <code>cal_exporter "
    "--config.check</code>, and reload: <code>systemctl reload cal_exporter</code></p>\n</div>\n";

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

// The answer of a diagnosis in two words.
std::string answer_of(const Diagnosis& diagnosis) {
  if (!diagnosis.suspects.empty()) {
    return fmt::format("{} cause", likelihood_of(diagnosis.suspects.front().strength()));
  }
  return diagnosis.cannot_tell() ? "cannot tell" : "no cause";
}

// For sorting: the surest cause first, what is not known before what is well.
int rank_of(const Diagnosis& diagnosis) {
  if (!diagnosis.suspects.empty()) return -static_cast<int>(diagnosis.suspects[0].strength());
  return diagnosis.cannot_tell() ? 0 : 1;
}

// "ebs: likely cause", "500 networks: 1 certain cause, 2 possible cause, 497 no cause"
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

void append_findings(std::string& html, std::string_view heading,
                     const std::vector<Finding>& findings) {
  if (findings.empty()) return;
  html += fmt::format("<p>{}</p>\n<ul>\n", heading);
  for (const auto& finding : findings) {
    html += fmt::format("<li><a href=\"{}\">{}</a>: {}{}</li>\n", runbook_path(finding.probe),
                        finding.probe, html_escape(finding.sentence),
                        finding.seen_at ? " (" + utc_text(*finding.seen_at) + ")" : "");
  }
  html += "</ul>\n";
}

// One suspect for one reason: the sentence says it all.
bool is_told_by_sentence(const Diagnosis& diagnosis) {
  const auto& suspects = diagnosis.suspects;
  return suspects.empty() ||
         (suspects.size() == 1 && suspects[0].findings.size() == 1 && suspects[0].against.empty());
}

void append_diagnosis(std::string& html, const Diagnosis& diagnosis) {
  html += fmt::format("<div class=\"card {}\">\n<p class=\"headline\">{} {}</p>\n",
                      name_of(verdict_of(diagnosis)), badge(verdict_of(diagnosis), ""),
                      html_escape(diagnosis.sentence));
  if (!diagnosis.first_step.empty()) {
    html += fmt::format("<p><strong>First step:</strong> {} <a href=\"{}#{}\">All steps</a></p>\n",
                        html_escape(diagnosis.first_step), runbook_path(diagnosis.runbook),
                        diagnosis.suspects.empty() ? "diagnose" : "resolve");
  }
  if (!is_told_by_sentence(diagnosis)) {
    html += fmt::format(
        "<details open id=\"{}/causes\">\n<summary>Causes, the most likely first</summary>\n<ol>\n",
        html_escape(diagnosis.network));
    for (const auto& suspect : diagnosis.suspects) {
      html += fmt::format("<li><strong>{}</strong> ({})\n", meaning_of(suspect.cause),
                          likelihood_of(suspect.strength()));
      append_findings(html, "Because:", suspect.findings);
      append_findings(html, "Against it:", suspect.against);
      html += "</li>\n";
    }
    html += "</ol>\n</details>\n";
  }
  html += "</div>\n";
}

// Whatever a probe counts against a total: the licences.
void append_meters(std::string& html, std::span<const Row> rows) {
  std::vector<Evidence> meters;
  for (const auto& row : rows) {
    std::ranges::copy_if(row.outcome->evidence, std::back_inserter(meters),
                         [](const Evidence& each) { return each.meter.has_value(); });
  }
  if (meters.empty()) return;
  html += "<div class=\"card\">\n<h3>Licences</h3>\n" + evidence_list(meters) + "</div>\n";
}

std::string card_of(const Row& row, SystemTime now) {
  const auto& instance = *row.instance;
  const auto name = instance.kind->name;
  const auto foot = fmt::format(
      "{}<p class=\"soft\">{}</p>\n<p><a href=\"{}\">Runbook<span class=\"sr\"> of {}</span></a> · "
      "<a href=\"{}\">History<span class=\"sr\"> of {}</span></a></p>\n",
      phase_list(row.outcome->phases), times_html(row, now), runbook_path(name), name,
      probe_path(instance), name);
  return card_html({fmt::format("{}/{}", instance.network, name), std::string(name), instance,
                    *row.outcome, foot});
}

void append_network(std::string& html, const Network& network, SystemTime now) {
  const auto name = html_escape(network.diagnosis.network);
  html += fmt::format(
      "<section class=\"network\" id=\"{0}\" aria-labelledby=\"{0}-name\">\n"
      "<h2 id=\"{0}-name\">{0}</h2>\n",
      name);
  append_diagnosis(html, network.diagnosis);
  append_meters(html, network.rows);
  html += "<div class=\"probes\">\n";
  Rows rows(network.rows.begin(), network.rows.end());
  std::ranges::stable_sort(rows, {},
                           [](const Row& row) { return urgency_of(*row.outcome->reason); });
  for (const auto& row : rows) html += card_of(row, now);
  html += "</div>\n</section>\n";
}

// The name is a link that shows the network whole.
void append_summary(std::string& html, const std::vector<const Network*>& networks,
                    std::string_view search) {
  html += fmt::format(
      "<form role=\"search\" action=\"/\">\n<label>Search networks "
      "<input type=\"search\" name=\"search\" value=\"{}\"></label>\n"
      "<button>Search</button> <a href=\"/\">all</a>\n</form>\n",
      html_escape(search));
  html += "<ul class=\"networks\">\n";
  for (const auto* each : networks) {
    const auto& diagnosis = each->diagnosis;
    const auto verdict = verdict_of(diagnosis);
    html += fmt::format(
        "<li class=\"{}\"><a href=\"{}\">{}</a> <span>{}</span> <span>{}</span></li>\n",
        name_of(verdict), network_path(diagnosis.network), html_escape(diagnosis.network),
        badge(verdict, answer_of(diagnosis)), html_escape(diagnosis.sentence));
  }
  html += "</ul>\n";
}

// Those of this very name, else those that have it in theirs.
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

std::string status_page(const Rows& rows, std::string_view search, SystemTime now) {
  const auto networks = networks_of(rows);
  auto found = search_in(networks, search);
  std::ranges::stable_sort(found, {}, [](const Network* each) { return rank_of(each->diagnosis); });
  std::string html = "<h1>Why does the CAL pack not activate?</h1>\n";
  if (networks.empty()) html += no_network_html;
  if (networks.size() > 1) html += fmt::format("<p>{}</p>\n", headline(networks));
  const bool all_fit = found.size() <= max_networks_shown;
  if (networks.size() > max_networks_shown || !search.empty()) {
    append_summary(html, found, search);
    if (found.empty()) html += "<p>No network has this in its name.</p>\n";
  }
  if (all_fit) {
    for (const auto* network : found) append_network(html, *network, now);
  }
  return html_page(headline(networks), html, now);
}

}  // namespace cal
