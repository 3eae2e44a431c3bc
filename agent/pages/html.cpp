#include "agent/pages/html.h"

#include "agent/base/text.h"
#include "agent/base/version.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal {

namespace {

// "a → b → c" as a list, so that a screen reader counts its links.
std::string list_html(std::string_view text, std::string_view kind) {
  constexpr std::string_view arrow = " → ";
  auto html = fmt::format("<ol class=\"{}\">", kind);
  while (true) {
    const auto end = text.find(arrow);
    html += fmt::format("<li>{}</li>", html_escape(text.substr(0, end)));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + arrow.size());
  }
  return html + "</ol>";
}

// Of 0 installed licences one that is assigned is too many: the bar is full.
std::string meter_html(const Evidence& evidence) {
  const auto& [used, total] = *evidence.meter;
  const auto all = total > 0 ? total : 1.0;
  const auto filled = total > 0 ? std::clamp(used, 0.0, total) : used > 0 ? 1.0 : 0.0;
  return fmt::format(
      " <meter aria-label=\"{}: share in use\" min=\"0\" max=\"{}\" low=\"{}\" high=\"{}\" "
      "optimum=\"0\" value=\"{}\">{} of {}</meter>",
      html_escape(evidence.item), all, all * 0.9, all * 0.99, filled, used, total);
}

std::string text_html(const Evidence& evidence) {
  switch (evidence.form) {
    case Evidence::Form::fact:
      return html_escape(evidence.text);
    case Evidence::Form::chain:
      return list_html(evidence.text, "chain");
    case Evidence::Form::ladder:
      return list_html(evidence.text, "ladder");
    case Evidence::Form::entry:
      break;
  }
  const auto text = html_escape(evidence.text);
  return evidence.verdict ? "<mark>" + text + "</mark>" : text;
}

// Of one item: whether it is as it should be.
std::string_view word_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::clear:
      return "ok";
    case Verdict::present:
      return "fault";
    case Verdict::unknown:
      return "unknown";
  }
  return "unknown";
}

std::string item_html(const Evidence& evidence) {
  return fmt::format(
      "<li class=\"{}\">{}<b>{}</b>: {}{}</li>\n",
      evidence.verdict ? name_of(*evidence.verdict) : "note",
      evidence.verdict ? badge(*evidence.verdict, word_of(*evidence.verdict)) + " " : "",
      html_escape(evidence.item), text_html(evidence), evidence.meter ? meter_html(evidence) : "");
}

// Of a probe that has nothing to say; more is folded, so that the others stand out.
constexpr std::size_t max_evidence_unfolded = 4;

}  // namespace

std::string html_page(std::string_view title, std::string_view body, SystemTime now) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<script src=\"{0}\" defer></script>\n"
      "<title>{1}</title>\n<link rel=\"stylesheet\" href=\"{2}\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n</head>\n<body>\n"
      "<header>\n<nav aria-label=\"Pages\"><a href=\"/\">cal_exporter</a> "
      "<a href=\"/api/v1/status\">JSON</a> <a href=\"/metrics\">metrics</a> "
      "<a href=\"/config\">configuration</a></nav>\n</header>\n<p role=\"status\"></p>\n"
      "<main>\n{3}</main>\n<footer><p>As of <time>{4}</time>, cal_exporter {5}</p></footer>\n"
      "</body>\n</html>\n",
      script_path, html_escape(title), style_path, body, utc_text(now), version);
}

std::string badge(Verdict verdict, std::string_view word) {
  return fmt::format("<span class=\"badge\">{}{}{}</span>", sign_of(verdict),
                     word.empty() ? "" : " ", word);
}

std::string finding_badge(const Instance& instance, const Reason& reason) {
  const auto verdict = reason.verdict;
  if (instance.causes.empty() || verdict == Verdict::unknown) {
    return badge(verdict, word_of(verdict));
  }
  if (verdict == Verdict::clear) return badge(verdict, "not the cause");
  return badge(verdict, reason.severity == Severity::critical ? "likely cause" : "possible cause");
}

std::string card_html(const Card& card) {
  const auto& outcome = card.outcome;
  const auto& reason = *outcome.reason;
  const auto title = html_escape(card.title);
  auto html = fmt::format(
      "<article class=\"card {}\" id=\"{}\">\n<h3>{}: {} <code>{}</code></h3>\n<p>{}</p>\n",
      name_of(reason.verdict), html_escape(card.id), title, finding_badge(card.instance, reason),
      reason.word, html_escape(outcome.summary));
  if (reason.severity != Severity::ok) {
    html += fmt::format("<p><strong>What to do:</strong> {}</p>\n", html_escape(reason.action));
  }
  const auto evidence = evidence_list(outcome.evidence);
  const bool folded =
      reason.severity == Severity::ok && outcome.evidence.size() > max_evidence_unfolded;
  html += folded ? fmt::format(
                       "<details id=\"{}/evidence\"><summary>Evidence"
                       "<span class=\"sr\"> of {}</span></summary>\n{}</details>\n",
                       html_escape(card.id), title, evidence)
                 : evidence;
  return html + card.foot + "</article>\n";
}

int urgency_of(const Reason& reason) {
  if (reason.verdict == Verdict::present) return reason.severity == Severity::critical ? 0 : 1;
  if (reason.verdict == Verdict::unknown) return 2;
  return reason.severity == Severity::ok ? 4 : 3;
}

std::string evidence_list(const std::vector<Evidence>& evidence) {
  if (evidence.empty()) return "";
  std::string html = "<ul class=\"evidence\">\n";
  for (const auto& each : evidence) html += item_html(each);
  return html + "</ul>\n";
}

std::string phase_list(const std::vector<Phase>& phases) {
  if (phases.empty()) return "";
  std::chrono::nanoseconds all{0};
  for (const auto& phase : phases) all += phase.duration;
  const auto milliseconds = [](std::chrono::nanoseconds span) {
    return std::chrono::duration<double, std::milli>(span).count();
  };
  std::string html = "<ul class=\"phases\" aria-label=\"Phases of the run\">";
  for (const auto& phase : phases) {
    html += fmt::format(
        "<li>{} {:.1f} ms <progress max=\"{:.3f}\" value=\"{:.3f}\" "
        "aria-label=\"share of the run\"></progress></li>",
        html_escape(phase.name), milliseconds(phase.duration), std::max(milliseconds(all), 0.001),
        milliseconds(phase.duration));
  }
  return html + "</ul>\n";
}

std::string probe_path(const Instance& instance) {
  return fmt::format("/probes/{}/{}", instance.network, instance.kind->name);
}

std::string runbook_path(std::string_view probe) { return fmt::format("/runbooks/{}", probe); }

std::string network_path(std::string_view network) { return fmt::format("/?search={}", network); }

std::string age_html(SystemTime time, SystemTime now) {
  const auto age = std::chrono::duration_cast<Milliseconds>(now - time);
  return fmt::format("<time datetime=\"{0}\" title=\"{0}\">{1} ago</time>", utc_text(time),
                     age_text(age));
}

std::string times_html(const Row& row, SystemTime now) {
  if (!row.last_run) return "not run yet";
  auto text = fmt::format("checked {}, every {}", age_html(*row.last_run, now),
                          span_text(row.instance->interval));
  if (row.since) text += "; changed " + age_html(*row.since, now);
  if (row.outcome->source_data_at) {
    text += "; its data is from " + age_html(*row.outcome->source_data_at, now);
  }
  return text;
}

}  // namespace cal
