#include "agent/run/bounds.h"

#include "agent/base/utf.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace cal {

namespace {

void cut(std::string& text) {
  if (text.size() <= max_text_bytes) return;
  const auto all = text.size();
  const auto end = utf8_cut(text, max_text_bytes);
  text.resize(end);
  text += fmt::format("… ({} bytes more)", all - end);
  text.shrink_to_fit();
}

std::size_t size_of(const RepairStep& step) {
  std::size_t bytes = 0;
  for (const auto* text :
       {&step.text, &step.setup, &step.check, &step.command, &step.check_after, &step.undo_check,
        &step.undo, &step.not_undone, &step.prediction, &step.expected, &step.server}) {
    bytes += text->size();
  }
  for (const auto& text : step.beside) bytes += text.size();
  return bytes;
}

// Two accounts with the same name would give one series twice, and Prometheus would refuse the
// whole page: the first of such samples counts.
void drop_repeated(std::vector<Sample>& samples) {
  std::set<std::pair<const MetricFamily*, LabelValues>> seen;
  std::erase_if(samples, [&](const Sample& sample) {
    return !seen.emplace(sample.family, sample.label_values).second;
  });
}

// Several families have the same items: the labels of an endpoint, a host, an account.
void share_labels(std::vector<Sample>& samples) {
  std::set<LabelValues> known;
  for (auto& sample : samples) {
    if (sample.label_values.users() != 1) continue;
    sample.label_values = *known.insert(sample.label_values).first;
  }
}

// A command is never cut in two: a step that is too long is left out with all that follow it.
void bound(std::vector<RepairStep>& steps) {
  std::size_t bytes = 0;
  for (auto each = steps.begin(); each != steps.end(); ++each) {
    bytes += size_of(*each);
    if (bytes <= max_repair_bytes) continue;
    const auto left_out = steps.end() - each;
    steps.erase(each, steps.end());
    steps.push_back({fmt::format("{} more steps are too long to be shown", left_out)});
    return;
  }
}

}  // namespace

void bound(Outcome& outcome) {
  // Names every member, so that a new one is not forgotten here.
  auto& [reason, summary, evidence, phases, samples, implications, contradicts, source_data_at,
         action, severity, object, licenses, repair, began] =
      outcome;  // `licenses` is bounded where it is made
  cut(summary);
  cut(action);
  cut(object);
  std::size_t bytes = 0;
  for (auto each = evidence.begin(); each != evidence.end(); ++each) {
    cut(each->item);
    cut(each->text);
    bytes += each->item.size() + each->text.size();
    if (bytes <= max_evidence_bytes) continue;
    const auto left_out = evidence.end() - each;
    evidence.erase(each, evidence.end());
    evidence.push_back({std::nullopt, "left out", fmt::format("{} more", left_out)});
    break;
  }
  if (implications.size() > max_implications) implications.resize(max_implications);
  for (auto& implied : implications) {
    cut(implied.sentence);
    cut(implied.first_step);
  }
  bound(repair);
  drop_repeated(samples);
  share_labels(samples);
  // Kept until the next run, for thousands of probes.
  evidence.shrink_to_fit();
  samples.shrink_to_fit();
}

}  // namespace cal
