#include "agent/contract/label_values.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace cal {

namespace {

using Size = std::uint32_t;

char* put(char* at, Size size) {
  std::memcpy(at, &size, sizeof size);
  return at + sizeof size;
}

Size size_at(std::string_view bytes) {
  Size size = 0;
  bytes.copy(reinterpret_cast<char*>(&size), sizeof size);
  return size;
}

}  // namespace

template <class Texts>
std::shared_ptr<const char[]> LabelValues::block_of(const Texts& texts) {
  if (std::empty(texts)) return nullptr;
  auto bytes = sizeof(Size);
  for (const auto& text : texts) bytes += sizeof(Size) + text.size();
  auto block = std::make_shared_for_overwrite<char[]>(bytes);
  auto* at = put(block.get(), static_cast<Size>(bytes));
  for (const auto& text : texts) {
    at = put(at, static_cast<Size>(text.size()));
    at = std::ranges::copy(text, at).out;
  }
  return block;
}

LabelValues::LabelValues(std::initializer_list<std::string_view> texts) : block_(block_of(texts)) {}

LabelValues::LabelValues(const std::vector<std::string>& texts) : block_(block_of(texts)) {}

std::string_view LabelValues::Iterator::operator*() const {
  return rest_.substr(sizeof(Size), size_at(rest_));
}

LabelValues::Iterator& LabelValues::Iterator::operator++() {
  rest_.remove_prefix(sizeof(Size) + size_at(rest_));
  return *this;
}

LabelValues::Iterator LabelValues::Iterator::operator++(int) {
  const auto before = *this;
  ++*this;
  return before;
}

LabelValues::Iterator LabelValues::begin() const {
  return Iterator(std::string_view(block_.get(), bytes()).substr(block_ ? sizeof(Size) : 0));
}

std::size_t LabelValues::bytes() const {
  return block_ ? size_at({block_.get(), sizeof(Size)}) : 0;
}

bool operator==(const LabelValues& a, const LabelValues& b) {
  return a.shares_with(b) || std::ranges::equal(a, b);
}

std::strong_ordering operator<=>(const LabelValues& a, const LabelValues& b) {
  return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace cal
