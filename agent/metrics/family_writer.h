// Writes one family of metrics in text format 0.0.4, with prometheus-cpp's model and serializer.
// Only some samples are in memory at a time: a large configuration has many thousands in one
// family. Not thread-safe.
#pragma once

#include "agent/contract/probe.h"

#include <prometheus/metric_family.h>

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

class FamilyWriter {
 public:
  // Called with whole lines, some at a time.
  using Append = std::function<void(std::string_view)>;

  enum class Heading { once, none };  // HELP and TYPE, before the first line

  // Both must outlive this object.
  FamilyWriter(const MetricFamily& family, const Append& append, Heading heading = Heading::once);

  // Values are in the order of the family's labels and are made valid UTF-8. The network is empty
  // for families about the agent.
  void add(std::string_view network, const LabelValues& label_values, double value);
  void add(std::string_view network, std::initializer_list<std::string_view> label_values,
           double value);

  // Lines of this family that were written before, without a heading.
  void add_lines(std::string_view lines);

  // Writes the rest. A family without samples gets no heading either.
  void finish();

 private:
  void flush();
  void append_lines(std::string_view lines);
  template <class Texts>
  void add_sample(std::string_view network, const Texts& label_values, double value);

  const MetricFamily& family_;
  const Append& append_;
  std::vector<prometheus::MetricFamily> model_{1};  // one family, as the serializer takes it
  bool needs_heading_;
};

}  // namespace cal
