// The product key of a license pack: a secret that is compared in memory, shown only by its last
// five characters, and wiped when it is destroyed.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cal::inventory {

class ProductKey {
 public:
  // The last five characters of a shorter key would show nearly all of it.
  static constexpr std::size_t min_size = 15;
  static constexpr std::size_t max_size = 64;

  // Letters and digits in any case, with hyphens and spaces anywhere; empty for any other text.
  static std::optional<ProductKey> parse(std::string_view text);

  ProductKey(ProductKey&&) = default;  // the moved-from key is wiped when it is destroyed
  ProductKey& operator=(ProductKey&&) = default;
  ProductKey(const ProductKey&) = delete;
  ProductKey& operator=(const ProductKey&) = delete;
  ~ProductKey();

  bool operator==(const ProductKey& other) const;
  std::string last_five() const;  // safe to show

  // All but the last five are one character, as consoles hide them.
  bool is_masked() const;
  // One is a part of the other, and they are not the same: one of the two is cut off.
  bool is_cut_from(const ProductKey& other) const;

 private:
  ProductKey() = default;
  std::string_view view() const { return {octets_.data(), size_}; }

  std::array<char, max_size> octets_{};
  std::size_t size_ = 0;
};

// Whether the text has four consecutive groups of five characters, or twenty characters with a
// digit among them: no product name looks like that.
bool holds_key(std::string_view text);

// Text of an export in a form that is safe to show: cut at 100 octets, and hidden if it holds a
// key, as happens if columns are mixed up.
std::string shown(std::string_view text);

}  // namespace cal::inventory
