#include "probes/security/guid.h"

#include <fmt/format.h>

#include <charconv>

namespace cal::security {

namespace {

// The index of the wire byte for each pair of hex digits of the text form, in text order.
constexpr std::array<std::size_t, Guid::size> wire_order = {3, 2, 1,  0,  5,  4,  7,  6,
                                                            8, 9, 10, 11, 12, 13, 14, 15};

// The text form has a dash before these bytes.
constexpr bool dash_before(std::size_t i) { return i == 4 || i == 6 || i == 8 || i == 10; }

}  // namespace

std::optional<Guid> Guid::parse_text(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Guid guid;
  for (std::size_t i = 0; i < size; ++i) {
    if (dash_before(i)) {
      if (text.front() != '-') return std::nullopt;
      text.remove_prefix(1);
    }
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + 2, value, 16);
    if (error != std::errc{} || end != text.data() + 2) return std::nullopt;
    guid.bytes_[wire_order[i]] = static_cast<std::byte>(value);
    text.remove_prefix(2);
  }
  return guid;
}

std::string Guid::text() const {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    if (dash_before(i)) text.push_back('-');
    fmt::format_to(std::back_inserter(text), "{:02x}",
                   std::to_integer<unsigned>(bytes_[wire_order[i]]));
  }
  return text;
}

}  // namespace cal::security
