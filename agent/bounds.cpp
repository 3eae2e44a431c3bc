#include "agent/bounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace cal {

namespace {

void cut(std::string& text) {
  if (text.size() <= most_text_bytes) return;
  const auto all = text.size();
  auto end = most_text_bytes;
  const auto is_continuation = [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
  };
  while (end > 0 && is_continuation(text[end])) --end;
  text.resize(end);
  text += fmt::format("… ({} bytes more)", all - end);
  text.shrink_to_fit();
}

}  // namespace

void bound(Outcome& outcome) {
  cut(outcome.summary);
  auto& evidence = outcome.evidence;
  std::size_t bytes = 0;
  for (auto each = evidence.begin(); each != evidence.end(); ++each) {
    cut(each->item);
    cut(each->text);
    bytes += each->item.size() + each->text.size();
    if (bytes <= most_evidence_bytes) continue;
    const auto left_out = evidence.end() - each;
    evidence.erase(each, evidence.end());
    evidence.push_back({std::nullopt, "left out", fmt::format("{} more", left_out)});
    break;
  }
  auto& implications = outcome.implications;
  if (implications.size() > most_implications) implications.resize(most_implications);
  for (auto& implied : implications) {
    cut(implied.sentence);
    cut(implied.first_step);
  }
}

}  // namespace cal
