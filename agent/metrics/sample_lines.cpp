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
    if (sample.family != &family) continue;
    writer.add(row.instance->network, sample.label_values, sample.value);
  }
  writer.finish();
  lines.shrink_to_fit();
  return lines;
}

}  // namespace

SampleLines::Lines SampleLines::render(const Row& row) {
  Lines rendered{row.outcome, {}};
  for (const auto& family : row.instance->kind->families) {
    auto lines = lines_of(row, family);
    rendered.bytes += lines.size();
    if (!lines.empty()) rendered.by_family.emplace_back(&family, std::move(lines));
  }
  return rendered;
}

void SampleLines::update(const Rows& rows) {
  std::map<Key, Lines> wanted;
  std::size_t bytes = 0;
  for (const auto& row : rows) {
    if (row.outcome->samples.empty() || bytes >= max_bytes_) continue;
    const Key key{row.instance.get(), row.outcome.get()};
    auto known = known_.extract(key);
    const auto kept =
        known ? wanted.insert(std::move(known)).position : wanted.emplace(key, render(row)).first;
    bytes += kept->second.bytes;
  }
  known_ = std::move(wanted);
  bytes_ = bytes;
}

std::string_view SampleLines::of(const Row& row, const MetricFamily& family) {
  if (row.outcome->samples.empty()) return {};
  const auto known = known_.find({row.instance.get(), row.outcome.get()});
  if (known == known_.end()) return not_kept_ = lines_of(row, family);
  const auto& lines = known->second.by_family;
  const auto found =
      std::ranges::find(lines, &family, &std::pair<const MetricFamily*, std::string>::first);
  return found == lines.end() ? std::string_view() : found->second;
}

}  // namespace cal
