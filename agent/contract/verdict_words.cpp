#include "agent/contract/verdict_words.h"

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

}  // namespace cal
