#include "agent/pages/card.h"

#include "agent/base/text.h"
#include "agent/contract/verdict_words.h"
#include "agent/pages/details.h"
#include "agent/pages/evidence.h"

#include <algorithm>

namespace cal {

namespace {

// The evidence of a probe that found nothing wrong is folded if it is longer than this, so that the
// others stand out.
constexpr std::size_t max_evidence_unfolded = 4;

}  // namespace

Html to_html(const Card& card) {
  const auto& outcome = card.outcome;
  const auto& reason = *outcome.reason;
  auto content = markup("<h3>{}: {} <code>{}</code></h3>\n<p>{}</p>\n", card.title,
                        finding_badge(card.instance, outcome), reason.word, outcome.summary);
  if (severity_of(outcome) != Severity::ok) {
    content += markup("<p><strong>What to do:</strong> {}</p>\n", with_code(action_of(outcome)));
  }
  const auto evidence = evidence_list(outcome.evidence, outcome, card.instance.causes);
  const bool is_folded =
      severity_of(outcome) == Severity::ok && outcome.evidence.size() > max_evidence_unfolded;
  const auto summary = markup("Evidence<span class=\"sr\"> of {}</span>", card.title);
  content += is_folded ? details_html(Fold::folded, card.id + "/evidence", "evidence-of", summary,
                                      evidence)
                       : evidence;
  return markup("<article class=\"card {}\" id=\"{}\">\n{}{}</article>\n",
                name_of(tone_of(outcome)), card.id, content, card.foot);
}

std::string title_of(std::string_view probe) { return capitalized(in_words(probe)); }

Html with_code(std::string_view text) {
  Html html;
  bool is_code = false;
  while (true) {
    const auto end = text.find('`');
    const auto part = text.substr(0, end);
    html += is_code ? markup("<code>{}</code>", part) : Html(part);
    if (end == text.npos) return html;
    is_code = !is_code;
    text.remove_prefix(end + 1);
  }
}

Html finding_badge(const Instance& instance, const Outcome& outcome) {
  return badge(tone_of(outcome), words_for(outcome, instance.causes));
}

int urgency_of(const Outcome& outcome) {
  const auto severity = severity_of(outcome);
  if (outcome.reason->verdict == Verdict::present) return severity == Severity::critical ? 0 : 1;
  if (outcome.reason->verdict == Verdict::unknown) return 2;
  return severity == Severity::ok ? 4 : 3;
}

}  // namespace cal
