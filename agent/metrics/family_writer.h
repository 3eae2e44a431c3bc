// Writes one family of metrics in text format 0.0.4, by prometheus-cpp's model and serializer. The
// model of some of its samples is in memory at a time, not that of all: a large configuration has
// many thousands in one family. Not thread-safe.
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
  // Given whole lines, some at a time.
  using Append = std::function<void(std::string_view)>;

  // Both have to outlive this.
  FamilyWriter(const MetricFamily& family, const Append& append);

  // Values in the order of the family's labels, which are made valid UTF-8; an empty network for
  // the agent's own families.
  void add(std::string_view network, const std::vector<std::string>& label_values, double value);
  void add(std::string_view network, std::initializer_list<std::string_view> label_values,
           double value);

  // At the end: what is left. A family without samples has no heading either.
  void finish();

 private:
  void flush();
  template <class Texts>
  void add_sample(std::string_view network, const Texts& label_values, double value);

  const MetricFamily& family_;
  const Append& append_;
  std::vector<prometheus::MetricFamily> model_{1};  // one family, in what the serializer takes
  bool begun_ = false;
};

}  // namespace cal
