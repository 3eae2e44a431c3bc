#include "agent/html.h"

#include "agent/text.h"
#include "agent/version.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal {

namespace {

std::string_view sign_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::clear:
      return "✓";
    case Verdict::present:
      return "✗";
    case Verdict::unknown:
      return "?";
  }
  return "?";
}

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

std::string meter_html(const Evidence::Meter& meter) {
  return fmt::format(
      " <meter min=\"0\" max=\"{0}\" low=\"{2}\" high=\"{3}\" optimum=\"0\" value=\"{1}\">"
      "{1} of {0}</meter>",
      meter.total, std::clamp(meter.used, 0.0, meter.total), meter.total * 0.9, meter.total * 0.99);
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
  return evidence.text.starts_with("► ") ? "<mark>" + text + "</mark>" : text;
}

std::string item_html(const Evidence& evidence) {
  return fmt::format("<li class=\"{}\">{}<b>{}</b>: {}{}</li>\n",
                     evidence.verdict ? name_of(*evidence.verdict) : "note",
                     evidence.verdict ? verdict_badge(*evidence.verdict) + " " : "",
                     html_escape(evidence.item), text_html(evidence),
                     evidence.meter ? meter_html(*evidence.meter) : "");
}

}  // namespace

std::string html_page(std::string_view title, std::string_view body, System now, Refresh refresh) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n{0}"
      "<title>{1}</title>\n<link rel=\"stylesheet\" href=\"{2}\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n</head>\n<body>\n"
      "<header>\n<nav aria-label=\"Pages\"><a href=\"/\">cal_exporter</a> "
      "<a href=\"/api/v1/status\">JSON</a> <a href=\"/metrics\">metrics</a> "
      "<a href=\"/config\">configuration</a></nav>\n</header>\n"
      "<main>\n{3}</main>\n<footer><p>As of {4}, cal_exporter {5}</p>"
      "<p role=\"status\"></p></footer>\n</body>\n</html>\n",
      refresh == Refresh::often ? fmt::format("<script src=\"{}\" defer></script>\n", script_path)
                                : "",
      html_escape(title), style_path, body, utc_text(now), version);
}

std::string verdict_badge(Verdict verdict) { return verdict_badge(verdict, name_of(verdict)); }

std::string verdict_badge(Verdict verdict, std::string_view word) {
  return fmt::format("<span class=\"badge\">{}{}{}</span>", sign_of(verdict),
                     word.empty() ? "" : " ", word);
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

std::string time_html(System time, System now) {
  const auto age = std::chrono::duration_cast<Milliseconds>(now - time);
  return fmt::format("<time datetime=\"{0}\" title=\"{0}\">{1} ago</time>", utc_text(time),
                     age_text(std::max(age, Milliseconds{0})));
}

}  // namespace cal
