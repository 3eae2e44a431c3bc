// The product key of a licence pack: a secret that is compared in memory, shown by its last five
// characters only, and wiped when it goes.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cal::inventory {

class ProductKey {
 public:
  // What is shorter would be shown nearly whole by its last five characters.
  static constexpr std::size_t min_size = 15;
  static constexpr std::size_t max_size = 64;

  // Letters and digits in any case, with hyphens and spaces anywhere; empty for all else.
  static std::optional<ProductKey> parse(std::string_view text);

  ProductKey(ProductKey&&) = default;  // the one it is moved from is wiped when it goes
  ProductKey& operator=(ProductKey&&) = default;
  ProductKey(const ProductKey&) = delete;
  ProductKey& operator=(const ProductKey&) = delete;
  ~ProductKey();

  bool operator==(const ProductKey& other) const;
  std::string last_five() const;  // fit to be shown

 private:
  ProductKey() = default;

  std::array<char, max_size> octets_{};
  std::size_t size_ = 0;
};

// Four groups of five characters in a row, or twenty characters with a digit among them: no name of
// a product looks like that.
bool holds_key(std::string_view text);

// Text of an export that is shown: cut at 100 octets, and hidden where it holds a key, such as when
// columns are mixed up.
std::string shown(std::string_view text);

}  // namespace cal::inventory
