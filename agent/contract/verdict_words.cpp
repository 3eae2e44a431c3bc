#include "agent/contract/verdict_words.h"

#include <algorithm>
#include <utility>

namespace cal {

namespace {

constexpr std::string_view put_right = "to put right";

}  // namespace

std::string_view words_for(Verdict verdict, Severity severity) {
  switch (verdict) {
    case Verdict::clear:
      return severity == Severity::ok ? "not the cause" : put_right;
    case Verdict::present:
      return severity == Severity::critical ? "cause found" : "possible cause";
    case Verdict::unknown:
      break;
  }
  return "could not check";
}

std::string_view words_without_cause(Verdict verdict, Severity severity) {
  switch (verdict) {
    case Verdict::clear:
      return severity == Severity::ok ? "ok" : put_right;
    case Verdict::present:
      return "fault";
    case Verdict::unknown:
      break;
  }
  return "could not check";
}

Tone tone_of(Verdict verdict, Severity severity) {
  switch (verdict) {
    case Verdict::clear:
      return severity == Severity::ok ? Tone::good : Tone::notice;
    case Verdict::present:
      return severity == Severity::critical ? Tone::bad : Tone::possible;
    case Verdict::unknown:
      break;
  }
  return Tone::unknown;
}

Tone tone_of(const Outcome& outcome) {
  return tone_of(outcome.reason->verdict, severity_of(outcome));
}

std::string_view name_of(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "good";
    case Tone::notice:
      return "notice";
    case Tone::possible:
      return "possible";
    case Tone::unknown:
      return "unknown";
    case Tone::bad:
      return "bad";
  }
  return "";
}

std::string_view sign_of(Tone tone) {
  switch (tone) {
    case Tone::good:
      return sign_of(Verdict::clear);
    case Tone::notice:
    case Tone::possible:
      return "!";
    case Tone::unknown:
      return sign_of(Verdict::unknown);
    case Tone::bad:
      return sign_of(Verdict::present);
  }
  return "";
}

Verdict verdict_of_item(const Reason& found) {
  return is_only_to_put_right(found) ? Verdict::present : found.verdict;
}

bool is_only_to_put_right(const Reason& found) {
  return found.verdict == Verdict::clear && found.severity != Severity::ok;
}

bool is_only_to_put_right(const Outcome& outcome) {
  return outcome.reason->verdict == Verdict::clear && severity_of(outcome) != Severity::ok;
}

Evidence item_evidence(const Reason& found, std::string item, std::string text,
                       Evidence::Form form) {
  Evidence evidence{verdict_of_item(found), std::move(item), std::move(text), form};
  evidence.stops_nobody = is_only_to_put_right(found);
  return evidence;
}

Tone tone_of(const Evidence& item, Severity severity) {
  if (item.stops_nobody) return Tone::notice;
  return tone_of(*item.verdict, *item.verdict == Verdict::clear ? Severity::ok : severity);
}

std::string_view words_for(const Outcome& outcome, std::span<const Cause> causes) {
  const auto verdict = outcome.reason->verdict;
  const auto severity = severity_of(outcome);
  return causes.empty() ? words_without_cause(verdict, severity) : words_for(verdict, severity);
}

std::string_view words_for(const Evidence& item, const Outcome& outcome,
                           std::span<const Cause> causes) {
  if (item.stops_nobody) return put_right;
  const bool is_cause = *item.verdict == Verdict::present && !causes.empty();
  return is_cause ? words_for(Verdict::present, severity_of(outcome))
                  : words_without_cause(*item.verdict, Severity::ok);
}

std::string in_words(std::string_view probe) {
  std::string words(probe);
  std::ranges::replace(words, '_', ' ');
  return words;
}

}  // namespace cal
