#include "probes/security/base64.h"

#include <cstdint>

namespace cal::security {

std::optional<std::string> decode_base64(std::string_view text) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr std::string_view space = " \t\r\n";
  const std::size_t padding = text.find('=');
  if (padding != std::string_view::npos) {
    if (text.find_first_not_of("= \t\r\n", padding) != std::string_view::npos) return std::nullopt;
    text = text.substr(0, padding);
  }
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (space.find(c) != std::string_view::npos) continue;
    const std::size_t value = digits.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<char>(bits >> count & 0xff));
  }
  if (count >= 6) return std::nullopt;  // a single last digit encodes no byte
  return bytes;
}

}  // namespace cal::security
