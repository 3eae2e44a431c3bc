#include "probes/inventory/product_key.h"

#include <algorithm>
#include <cstring>

namespace cal::inventory {

namespace {

constexpr std::size_t shown_octets = 100;
constexpr std::size_t group_size = 5;

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

bool holds_key(std::string_view text) {
  std::size_t groups = 0;
  while (!text.empty()) {
    const auto word =
        text.substr(0, static_cast<std::size_t>(std::ranges::find_if_not(text, is_letter_or_digit) -
                                                text.begin()));
    const bool has_digit = word.find_first_of("0123456789") != std::string_view::npos;
    if (word.size() >= 4 * group_size && has_digit) return true;
    groups = word.size() == group_size ? groups + 1 : 0;
    if (groups == 4) return true;
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return false;
}

std::optional<ProductKey> ProductKey::parse(std::string_view text) {
  ProductKey key;
  for (const char c : text) {
    if (c == '-' || c == ' ') continue;
    if (!is_letter_or_digit(c) || key.size_ == max_size) return std::nullopt;
    key.octets_[key.size_++] = upper(c);
  }
  if (key.size_ < min_size) return std::nullopt;
  return key;
}

ProductKey::~ProductKey() { ::explicit_bzero(octets_.data(), octets_.size()); }

bool ProductKey::operator==(const ProductKey& other) const { return view() == other.view(); }

bool ProductKey::is_masked() const {
  const auto hidden = view().substr(0, size_ - group_size);
  return hidden.find_first_not_of(hidden.front()) == hidden.npos;
}

bool ProductKey::is_cut_from(const ProductKey& other) const {
  if (size_ == other.size_) return false;
  return size_ < other.size_ ? other.view().find(view()) != std::string_view::npos
                             : other.is_cut_from(*this);
}

std::string ProductKey::last_five() const {
  return {octets_.data() + size_ - group_size, group_size};
}

std::string shown(std::string_view text) {
  if (holds_key(text)) return "(hidden: it looks like a product key)";
  return std::string(text.substr(0, shown_octets));
}

}  // namespace cal::inventory
