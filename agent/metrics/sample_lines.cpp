#include "agent/metrics/sample_lines.h"

#include "agent/metrics/family_writer.h"

#include <algorithm>

namespace cal {

namespace {

// What follows the name of the family in each line.
std::string block_of(const Outcome& outcome, const MetricFamily& family) {
  std::string block;
  const FamilyWriter::Append append = [&](std::string_view lines) {
    while (!lines.empty()) {
      const auto end = lines.find('\n') + 1;
      block += lines.substr(family.name.size(), end - family.name.size());
      lines.remove_prefix(end);
    }
  };
  FamilyWriter writer(family, append, FamilyWriter::Heading::none);
  for (const auto& sample : outcome.samples) {
    if (sample.family == &family) writer.add("", sample.label_values, sample.value);
  }
  writer.finish();
  block.shrink_to_fit();
  return block;
}

// The whole lines. The name of a network needs no escaping.
void add_lines(std::string& text, std::string_view family, std::string_view network,
               std::string_view block) {
  while (!block.empty()) {
    const auto end = block.find('\n') + 1;
    const auto line = block.substr(0, end);
    text += family;
    text += "{network=\"";
    text += network;
    text += line.starts_with('{') ? "\"," : "\"}";
    text += line.substr(line.starts_with('{') ? 1 : 0);
    block.remove_prefix(end);
  }
}

}  // namespace

SampleLines::Lines SampleLines::render(const Row& row) {
  Lines rendered{row.outcome, {}};
  for (const auto& family : row.instance->kind->families) {
    auto block = block_of(*row.outcome, family);
    if (!block.empty()) rendered.by_family.emplace_back(&family, share(std::move(block)));
  }
  rendered.by_family.shrink_to_fit();
  return rendered;
}

SampleLines::Block SampleLines::share(std::string text) {
  if (const auto known = blocks_.find(std::string_view(text)); known != blocks_.end()) {
    return *known;
  }
  bytes_ += text.size();
  return *blocks_.insert(std::make_shared<const std::string>(std::move(text))).first;
}

void SampleLines::forget_unused() {
  std::erase_if(blocks_, [&](const Block& block) {
    if (block.use_count() > 1) return false;
    bytes_ -= block->size();
    return true;
  });
}

void SampleLines::update(const Rows& rows) {
  std::map<const Outcome*, Lines> wanted;
  std::vector<const Row*> fresh;
  for (const auto& row : rows) {
    if (row.outcome->samples.empty()) continue;
    if (auto known = known_.extract(row.outcome.get())) {
      wanted.insert(std::move(known));
    } else {
      fresh.push_back(&row);
    }
  }
  known_ = std::move(wanted);
  forget_unused();
  for (const auto* row : fresh) {
    if (bytes_ >= max_bytes_) break;
    const auto* outcome = row->outcome.get();
    if (!known_.contains(outcome)) known_.emplace(outcome, render(*row));
  }
}

std::string_view SampleLines::of(const Row& row, const MetricFamily& family) {
  text_.clear();
  if (row.outcome->samples.empty()) return text_;
  const auto& network = row.instance->network;
  const auto known = known_.find(row.outcome.get());
  if (known == known_.end()) {
    add_lines(text_, family.name, network, block_of(*row.outcome, family));
    return text_;
  }
  const auto found = std::ranges::find(known->second.by_family, &family,
                                       [](const auto& entry) { return entry.first; });
  if (found != known->second.by_family.end()) {
    add_lines(text_, family.name, network, *found->second);
  }
  return text_;
}

}  // namespace cal
