#include "agent/pages/evidence.h"

#include "agent/base/text.h"
#include "agent/contract/verdict_words.h"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace cal {

namespace {

// "a → b → c" as a list, so that a screen reader counts its parts.
Html parts_html(std::string_view text, std::string_view kind) {
  Html parts;
  for (const auto part : unlinked(text)) parts += markup("<li>{}</li>", part);
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

Html item_html(const Evidence& evidence, const Outcome& outcome, std::span<const Cause> causes) {
  Html verdict;
  std::string_view look = "note";
  if (evidence.verdict) {
    const auto tone = tone_of(evidence, severity_of(outcome));
    look = name_of(tone);
    verdict = markup("{} ", badge(tone, words_for(evidence, outcome, causes)));
  }
  const auto& meter = evidence.meter;
  return markup("<li class=\"{}\">{}<b>{}</b>{}: {}{}</li>\n", look, verdict, evidence.item,
                meter && !meter->source.empty() ? markup(" ({})", meter->source) : Html(),
                text_html(evidence), meter ? meter_html(evidence) : Html());
}

double in_milliseconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double, std::milli>(span).count();
}

// What would be shown as 0.0 ms had nothing to do, such as a lookup without a name.
bool takes_time(const Phase& phase) { return phase.duration >= std::chrono::microseconds(50); }

}  // namespace

Html badge(Tone tone, std::string_view word) {
  return markup(R"(<span class="badge">{}{}{}</span>)", sign_of(tone), word.empty() ? "" : " ",
                word);
}

Html evidence_list(const std::vector<Evidence>& evidence, const Outcome& outcome,
                   std::span<const Cause> causes) {
  if (evidence.empty()) return {};
  Html items;
  for (const auto& each : evidence) items += item_html(each, outcome, causes);
  return markup("<ul class=\"evidence\">\n{}</ul>\n", items);
}

Html phase_list(const std::vector<Phase>& phases) {
  std::vector<Phase> seen;
  std::ranges::copy_if(phases, std::back_inserter(seen), takes_time);
  if (seen.empty()) return {};
  std::chrono::nanoseconds all{0};
  for (const auto& phase : seen) all += phase.duration;
  Html items;
  for (const auto& phase : seen) {
    const auto share = markup(R"( <progress max="{:.3f}" value="{:.3f}" )"
                              R"(aria-label="share of the run"></progress>)",
                              in_milliseconds(all), in_milliseconds(phase.duration));
    items += markup("<li>{} {:.1f} ms{}</li>", phase.shown.empty() ? phase.name : phase.shown,
                    in_milliseconds(phase.duration), seen.size() > 1 ? share : Html());
  }
  return markup("<ul class=\"phases\" aria-label=\"Phases of the run\">{}</ul>\n", items);
}

}  // namespace cal
