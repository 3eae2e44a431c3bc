#include "agent/contract/verdict_words.h"

#include <algorithm>

namespace cal {

std::string_view words_for(Verdict verdict, Severity severity) {
  switch (verdict) {
    case Verdict::clear:
      return "not the cause";
    case Verdict::present:
      return severity == Severity::critical ? "cause found" : "possible cause";
    case Verdict::unknown:
      break;
  }
  return "could not check";
}

std::string_view words_for(Verdict verdict) {
  switch (verdict) {
    case Verdict::clear:
      return "ok";
    case Verdict::present:
      return "fault";
    case Verdict::unknown:
      break;
  }
  return "could not check";
}

std::string_view words_for(const Outcome& outcome, std::span<const Cause> causes) {
  const auto verdict = outcome.reason->verdict;
  return causes.empty() ? words_for(verdict) : words_for(verdict, severity_of(outcome));
}

std::string in_words(std::string_view probe) {
  std::string words(probe);
  std::ranges::replace(words, '_', ' ');
  return words;
}

}  // namespace cal
