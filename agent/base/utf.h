// UTF-8 (RFC 3629) and UTF-16 (RFC 2781) as bytes. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cal {

// The length of the valid sequence at the front of `text`, which is not empty; 0 if there is none.
std::size_t utf8_length(std::string_view text);

// Where the first byte is that does not belong to a valid sequence.
std::optional<std::size_t> first_not_utf8(std::string_view text);

// The length of the longest front of at most `max_bytes` that cuts no character in two.
std::size_t utf8_cut(std::string_view text, std::size_t max_bytes);

// The text, or its first and last bytes around "…" when it is longer than `max_bytes`.
std::string shortened(std::string_view text, std::size_t max_bytes);

enum class ByteOrder { little, big };

// By the byte order mark at the front; UTF-16 without a mark is not recognized.
std::optional<ByteOrder> utf16_mark(std::string_view text);

// Appends one character.
template <class Text>
void append_utf8(Text& text, char32_t point) {
  const auto put = [&](char32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | (point >> 6U));
    put(0x80 | (point & 0x3FU));
  } else if (point < 0x10000) {
    put(0xE0 | (point >> 12U));
    put(0x80 | ((point >> 6U) & 0x3FU));
    put(0x80 | (point & 0x3FU));
  } else {
    put(0xF0 | (point >> 18U));
    put(0x80 | ((point >> 12U) & 0x3FU));
    put(0x80 | ((point >> 6U) & 0x3FU));
    put(0x80 | (point & 0x3FU));
  }
}

// Half a surrogate pair becomes U+FFFD, since Windows allows such names; half a unit at the end is
// left out.
template <class Text>
Text utf8_of_utf16(std::string_view bytes, ByteOrder order) {
  const auto unit_at = [&](std::size_t i) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const auto second = static_cast<unsigned char>(bytes[i + 1]);
    return static_cast<char32_t>(order == ByteOrder::big ? first << 8U | second
                                                         : second << 8U | first);
  };
  constexpr char32_t replacement = 0xFFFD;
  Text text;
  text.reserve(bytes.size() / 2 * 3);
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    const auto unit = unit_at(i);
    const bool has_next = i + 3 < bytes.size();
    if (unit < 0xD800 || unit > 0xDFFF) {
      append_utf8(text, unit);
    } else if (unit < 0xDC00 && has_next && (unit_at(i + 2) & 0xFC00U) == 0xDC00) {
      i += 2;
      append_utf8(text, 0x10000 + ((unit - 0xD800) << 10U) + (unit_at(i) - 0xDC00));
    } else {
      append_utf8(text, replacement);
    }
  }
  return text;
}

}  // namespace cal
