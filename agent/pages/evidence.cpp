#include "agent/pages/evidence.h"

#include "agent/contract/verdict_words.h"

#include <algorithm>
#include <chrono>

namespace cal {

namespace {

// "a → b → c" as a list, so that a screen reader counts its parts.
Html parts_html(std::string_view text, std::string_view kind) {
  constexpr std::string_view arrow = " → ";
  Html parts;
  while (true) {
    const auto end = text.find(arrow);
    parts += markup("<li>{}</li>", text.substr(0, end));
    if (end == text.npos) break;
    text.remove_prefix(end + arrow.size());
  }
  return markup(R"(<ol class="{}">{}</ol>)", kind, parts);
}

Html text_html(const Evidence& evidence) {
  switch (evidence.form) {
    case Evidence::Form::fact:
      return Html(evidence.text);
    case Evidence::Form::chain:
      return parts_html(evidence.text, "chain");
    case Evidence::Form::ladder:
      return parts_html(evidence.text, "ladder");
    case Evidence::Form::entry:
      break;
  }
  return evidence.verdict ? markup("<mark>{}</mark>", evidence.text) : Html(evidence.text);
}

// With no license installed one that is assigned is too many: the bar is full.
Html meter_html(const Evidence& evidence) {
  const auto& [used, total, source] = *evidence.meter;
  const auto all = total > 0 ? total : 1.0;
  const auto filled = total > 0 ? std::clamp(used, 0.0, total) : used > 0 ? 1.0 : 0.0;
  return markup(R"( <meter aria-label="{}: share in use" min="0" max="{}" low="{}" high="{}" )"
                R"(optimum="0" value="{}">{} of {}</meter>)",
                evidence.item, all, all * 0.9, all * 0.99, filled, used, total);
}

Html item_html(const Evidence& evidence, Severity severity) {
  Html verdict;
  std::string_view look = "note";
  if (evidence.verdict) {
    const auto tone = tone_of(evidence, severity);
    look = name_of(tone);
    verdict = markup("{} ", badge(tone, words_for(evidence)));
  }
  const auto& meter = evidence.meter;
  return markup("<li class=\"{}\">{}<b>{}</b>{}: {}{}</li>\n", look, verdict, evidence.item,
                meter && !meter->source.empty() ? markup(" ({})", meter->source) : Html(),
                text_html(evidence), meter ? meter_html(evidence) : Html());
}

double in_milliseconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double, std::milli>(span).count();
}

}  // namespace

Html badge(Tone tone, std::string_view word) {
  return markup(R"(<span class="badge">{}{}{}</span>)", sign_of(tone), word.empty() ? "" : " ",
                word);
}

Html evidence_list(const std::vector<Evidence>& evidence, Severity severity) {
  if (evidence.empty()) return {};
  Html items;
  for (const auto& each : evidence) items += item_html(each, severity);
  return markup("<ul class=\"evidence\">\n{}</ul>\n", items);
}

Html phase_list(const std::vector<Phase>& phases) {
  if (phases.empty()) return {};
  std::chrono::nanoseconds all{0};
  for (const auto& phase : phases) all += phase.duration;
  Html items;
  for (const auto& phase : phases) {
    items += markup(R"(<li>{} {:.1f} ms <progress max="{:.3f}" value="{:.3f}" )"
                    R"(aria-label="share of the run"></progress></li>)",
                    phase.name, in_milliseconds(phase.duration),
                    std::max(in_milliseconds(all), 0.001), in_milliseconds(phase.duration));
  }
  return markup("<ul class=\"phases\" aria-label=\"Phases of the run\">{}</ul>\n", items);
}

}  // namespace cal
