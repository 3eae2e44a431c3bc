#include "agent/metrics/sample_lines.h"

#include "agent/metrics/family_writer.h"

#include <algorithm>

namespace cal {

namespace {

std::string lines_of(const Row& row, const MetricFamily& family) {
  std::string lines;
  const FamilyWriter::Append append = [&](std::string_view text) { lines += text; };
  FamilyWriter writer(family, append, FamilyWriter::Heading::none);
  for (const auto& sample : row.outcome->samples) {
    if (sample.family == &family)
      writer.add(row.instance->network, sample.label_values, sample.value);
  }
  writer.finish();
  lines.shrink_to_fit();
  return lines;
}

}  // namespace

void SampleLines::update(const Rows& rows) {
  std::map<Key, Lines> wanted;
  for (const auto& row : rows) {
    if (row.outcome->samples.empty()) continue;
    const Key key{row.instance.get(), row.outcome.get()};
    if (auto known = known_.extract(key)) {
      wanted.insert(std::move(known));
      continue;
    }
    Lines fresh{row.outcome, {}};
    for (const auto& family : row.instance->kind->families) {
      auto lines = lines_of(row, family);
      if (!lines.empty()) fresh.by_family.emplace_back(&family, std::move(lines));
    }
    wanted.emplace(key, std::move(fresh));
  }
  known_ = std::move(wanted);
}

std::string_view SampleLines::of(const Row& row, const MetricFamily& family) const {
  const auto known = known_.find({row.instance.get(), row.outcome.get()});
  if (known == known_.end()) return {};
  const auto& lines = known->second.by_family;
  const auto found =
      std::ranges::find(lines, &family, &std::pair<const MetricFamily*, std::string>::first);
  return found == lines.end() ? std::string_view() : found->second;
}

}  // namespace cal
