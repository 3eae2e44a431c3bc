// The values of a sample's labels, in the order of its family's labels. Immutable; copies share one
// block of memory, because the event counters of hundreds of networks have the same rows, and
// several families of a probe have the same items. There are tens of thousands: a block is one
// allocation. Thread-safe.
#pragma once

#include <compare>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

class LabelValues {
 public:
  class Iterator {
   public:
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::forward_iterator_tag;

    Iterator() = default;  // the end
    explicit Iterator(std::string_view rest) : rest_(rest) {}
    std::string_view operator*() const;
    Iterator& operator++();
    Iterator operator++(int);
    bool operator==(const Iterator& other) const { return rest_.size() == other.rest_.size(); }

   private:
    std::string_view rest_;  // of the block
  };

  LabelValues() = default;
  LabelValues(std::initializer_list<std::string_view> texts);
  LabelValues(const std::vector<std::string>& texts);

  // The texts are views, valid while any copy exists.
  Iterator begin() const;
  static Iterator end() { return {}; }
  std::vector<std::string_view> texts() const { return {begin(), end()}; }

  // The size of the block in bytes, and how many copies share it; both are 0 without values.
  std::size_t bytes() const;
  std::size_t users() const { return static_cast<std::size_t>(block_.use_count()); }
  bool shares_with(const LabelValues& other) const { return block_ == other.block_; }

  friend bool operator==(const LabelValues& a, const LabelValues& b);
  friend std::strong_ordering operator<=>(const LabelValues& a, const LabelValues& b);

 private:
  template <class Texts>
  static std::shared_ptr<const char[]> block_of(const Texts& texts);

  // The size of the block, then each text after its size. Null: no values.
  std::shared_ptr<const char[]> block_;
};

}  // namespace cal
