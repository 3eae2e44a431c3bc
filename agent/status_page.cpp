#include "agent/status_page.h"

#include "agent/diagnosis.h"
#include "agent/text.h"
#include "agent/version.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal {

namespace {

// A word and a sign beside the colour: nobody has to tell colours apart.
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

std::string headline(const Rows& rows) {
  const auto count = [&](Verdict verdict) {
    return std::ranges::count(rows, verdict,
                              [](const Row& row) { return row.outcome->reason->verdict; });
  };
  return fmt::format("{} present, {} unknown, {} clear", count(Verdict::present),
                     count(Verdict::unknown), count(Verdict::clear));
}

std::string times_of(const Row& row, System now) {
  const auto age = [&](System time) {
    return age_text(std::chrono::duration_cast<Milliseconds>(now - time));
  };
  if (!row.last_run) return "not run yet";
  auto text = fmt::format("checked {} ago, every {}", age(*row.last_run),
                          duration_text(row.instance->interval));
  if (row.since) text += fmt::format("; so for {}", age(*row.since));
  if (row.duration) {
    text += fmt::format("; took {:.0f} ms",
                        std::chrono::duration<double, std::milli>(*row.duration).count());
  }
  return text;
}

void append_probe(std::string& html, const Row& row, System now) {
  const auto& outcome = *row.outcome;
  const auto& reason = *outcome.reason;
  const auto verdict = name_of(reason.verdict);
  auto out = std::back_inserter(html);
  fmt::format_to(out,
                 "<article class=\"{0} {1}\">\n<h3><span class=\"verdict\">{2} {0}</span> {3} "
                 "<code>{4}</code></h3>\n<p>{5}</p>\n",
                 verdict, name_of(reason.severity), sign_of(reason.verdict),
                 html_escape(row.instance->kind->name), html_escape(reason.word),
                 html_escape(outcome.summary));
  if (reason.severity != Severity::ok) {
    fmt::format_to(out, "<p><strong>What to do:</strong> {}</p>\n", html_escape(reason.action));
  }
  if (!outcome.evidence.empty()) {
    html += "<ul>\n";
    for (const auto& [found, item, seen] : outcome.evidence) {
      const auto mark = found ? fmt::format("<span class=\"verdict\">{} {}</span> ",
                                            sign_of(*found), name_of(*found))
                              : std::string();
      fmt::format_to(out, "<li class=\"{}\">{}<b>{}</b>: {}</li>\n",
                     found ? name_of(*found) : "note", mark, html_escape(item), html_escape(seen));
    }
    html += "</ul>\n";
  }
  fmt::format_to(out, "<p class=\"times\">{}</p>\n</article>\n", html_escape(times_of(row, now)));
}

// The diagnosis comes before the probes: it is what people open the page for.
void append_diagnosis(std::string& html, const Diagnosis& diagnosis) {
  fmt::format_to(std::back_inserter(html),
                 "<section>\n<h2>{}</h2>\n<p class=\"diagnosis\">{}</p>\n",
                 html_escape(diagnosis.network), html_escape(diagnosis.sentence));
  if (diagnosis.first_step.empty()) return;
  html +=
      fmt::format("<p><strong>First step:</strong> {}</p>\n", html_escape(diagnosis.first_step));
}

}  // namespace

std::string status_page(const Rows& rows, System now) {
  auto html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"refresh\" content=\"15\">\n<title>cal_exporter: {0}</title>\n"
      "<link rel=\"stylesheet\" href=\"{1}\">\n</head>\n<body>\n<header>\n<h1>cal_exporter</h1>\n"
      "<p>{0} · {2} · version {3}</p>\n"
      "<nav><a href=\"/metrics\">metrics</a> <a href=\"/config\">configuration</a></nav>\n"
      "</header>\n<main>\n",
      headline(rows), style_path, utc_text(now), version);
  auto row = rows.begin();
  for (const auto& diagnosis : diagnose_all(rows)) {
    append_diagnosis(html, diagnosis);
    for (; row != rows.end() && row->instance->network == diagnosis.network; ++row) {
      append_probe(html, *row, now);
    }
    html += "</section>\n";
  }
  html += "</main>\n</body>\n</html>\n";
  return html;
}

std::string_view style_sheet() {
  return R"(:root {
  color-scheme: light dark;
  --text: #1c2024; --back: #fbfbfc; --card: #ffffff; --line: #d0d5da; --soft: #596370;
  --clear: #1a6e3c; --present: #b3261e; --unknown: #7a4a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6e9ec; --back: #14171a; --card: #1d2125; --line: #3a4148; --soft: #a3adb8;
    --clear: #6fd39a; --present: #ff9c92; --unknown: #f0c06a;
  }
}
body { margin: 0 auto; max-width: 70rem; padding: 0 1rem 2rem; color: var(--text);
  background: var(--back); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header p, .times { color: var(--soft); }
h1 { margin-bottom: 0; }
h3 { margin: 0; font-size: 1.05rem; }
.diagnosis { font-size: 1.15rem; }
a { color: inherit; }
article { background: var(--card); border: 1px solid var(--line); border-left-width: .4rem;
  border-radius: .4rem; margin: .8rem 0; padding: .7rem 1rem; }
article p { margin: .4rem 0; }
.times { font-size: .875rem; }
ul { margin: .4rem 0; padding-left: 1.2rem; list-style: none; }
article.clear { border-left-color: var(--clear); }
article.present { border-left-color: var(--present); }
article.unknown { border-left-color: var(--unknown); }
.clear > .verdict, .clear > h3 > .verdict { color: var(--clear); }
.present > .verdict, .present > h3 > .verdict { color: var(--present); }
.unknown > .verdict, .unknown > h3 > .verdict { color: var(--unknown); }
)";
}

}  // namespace cal
