#include "agent/run/bounds.h"

#include "agent/base/text.h"
#include "agent/base/utf.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cal {

namespace {

void cut(std::string& text) {
  if (text.size() <= max_text_bytes) return;
  const auto all = text.size();
  const auto end = utf8_cut(text, max_text_bytes);
  text.resize(end);
  text += fmt::format("… ({} more)", counted(all - end, "byte"));
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

std::size_t size_of(const WhoQuery& query) {
  auto bytes = query.text.size() + query.setup.size() + query.command.size();
  for (const auto& text : query.beside) bytes += text.size();
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

// A command is never cut in two: one that is too long is left out with all that follow it.
template <class Commands>
void bound(std::vector<Commands>& list, std::string_view what) {
  std::size_t bytes = 0;
  for (auto each = list.begin(); each != list.end(); ++each) {
    bytes += size_of(*each);
    if (bytes <= max_repair_bytes) continue;
    const auto left_out = list.end() - each;
    list.erase(each, list.end());
    list.push_back({fmt::format("{} more {} are too long to be shown", left_out, what)});
    return;
  }
}

}  // namespace

void bound(Outcome& outcome) {
  // Names every member, so that a new one is not forgotten here.
  auto& [reason, summary, evidence, phases, samples, implications, contradicts, source_data_at,
         action, severity, object, licenses, repair, began, who_queries, actors, open_summary,
         no_activation_failed] = outcome;  // `licenses` is bounded where it is made
  cut(summary);
  cut(open_summary);
  cut(action);
  cut(object);
  std::size_t bytes = 0;
  for (auto each = evidence.begin(); each != evidence.end(); ++each) {
    cut(each->item);
    cut(each->text);
    if (each->open_text) cut(*each->open_text);
    bytes += each->item.size() + each->text.size() + each->open_text.value_or("").size();
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
  bound(repair, "steps");
  bound(who_queries, "queries");
  if (actors.size() > max_actors) actors.resize(max_actors);
  for (auto& actor : actors) cut(actor);
  drop_repeated(samples);
  share_labels(samples);
  // Kept until the next run, for thousands of probes.
  evidence.shrink_to_fit();
  samples.shrink_to_fit();
}

}  // namespace cal
