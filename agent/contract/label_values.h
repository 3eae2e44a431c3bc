// The values of a sample's labels, in the order of its family's labels. Immutable; copies share one
// block of memory, because the event counters of hundreds of networks have the same rows, and
// several families of a probe have the same items.
// Thread-safe.
#pragma once

#include <compare>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cal {

class LabelValues {
 public:
  using Texts = std::vector<std::string>;

  LabelValues() = default;
  LabelValues(std::initializer_list<std::string> texts) : LabelValues(Texts(texts)) {}
  LabelValues(Texts texts)
      : texts_(texts.empty() ? nullptr : std::make_shared<const Texts>(std::move(texts))) {}

  const Texts& texts() const {
    static const Texts none;
    return texts_ ? *texts_ : none;
  }
  auto begin() const { return texts().begin(); }
  auto end() const { return texts().end(); }

  // How many copies use the same block; 0 if there are no values.
  std::size_t users() const { return static_cast<std::size_t>(texts_.use_count()); }

  friend bool operator==(const LabelValues& a, const LabelValues& b) {
    return a.texts_ == b.texts_ || a.texts() == b.texts();
  }
  friend auto operator<=>(const LabelValues& a, const LabelValues& b) {
    return a.texts() <=> b.texts();
  }

 private:
  std::shared_ptr<const Texts> texts_;  // empty: no values
};

}  // namespace cal
