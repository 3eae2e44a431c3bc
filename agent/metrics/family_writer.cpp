#include "agent/metrics/family_writer.h"

#include "agent/base/text.h"

#include <prometheus/text_serializer.h>

#include <cstddef>
#include <utility>

namespace cal {

namespace {

using std::string_view;

constexpr std::size_t max_samples_at_once = 256;

// prometheus-cpp does not escape HELP, but the format requires it for these two.
std::string escape_help(string_view help) {
  std::string escaped;
  for (const char c : help) {
    if (c == '\\') {
      escaped += "\\\\";
    } else if (c == '\n') {
      escaped += "\\n";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

// The serializer writes HELP and TYPE with every batch of samples, and alone without samples.
string_view without_heading(string_view lines) {
  while (lines.starts_with('#')) lines.remove_prefix(lines.find('\n') + 1);
  return lines;
}

}  // namespace

FamilyWriter::FamilyWriter(const MetricFamily& family, const Append& append, Heading heading)
    : family_(family), append_(append), needs_heading_(heading == Heading::once) {
  auto& model = model_.front();
  model.name = family.name;
  model.help = escape_help(family.help);
  model.type = family.type == MetricType::counter ? prometheus::MetricType::Counter
                                                  : prometheus::MetricType::Gauge;
}

void FamilyWriter::add(string_view network, const LabelValues& label_values, double value) {
  add_sample(network, label_values, value);
}

void FamilyWriter::add(string_view network, std::initializer_list<string_view> label_values,
                       double value) {
  add_sample(network, label_values, value);
}

void FamilyWriter::finish() { flush(); }

void FamilyWriter::add_lines(string_view lines) {
  if (lines.empty()) return;
  flush();
  append_lines(lines);
}

void FamilyWriter::flush() {
  auto& samples = model_.front().metric;
  if (samples.empty()) return;
  const auto lines = prometheus::TextSerializer().Serialize(model_);
  samples.clear();
  append_lines(without_heading(lines));
}

void FamilyWriter::append_lines(string_view lines) {
  if (needs_heading_) append_(prometheus::TextSerializer().Serialize(model_));
  needs_heading_ = false;
  append_(lines);
}

template <class Texts>
void FamilyWriter::add_sample(string_view network, const Texts& label_values, double value) {
  prometheus::ClientMetric metric;
  if (!network.empty()) metric.label.push_back({"network", valid_utf8(network)});
  auto label = family_.labels.begin();
  for (const auto& text : label_values) {
    if (label == family_.labels.end()) break;
    metric.label.push_back({std::string(*label++), valid_utf8(text)});
  }
  if (family_.type == MetricType::counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  auto& samples = model_.front().metric;
  samples.push_back(std::move(metric));
  if (samples.size() == max_samples_at_once) flush();
}

}  // namespace cal
