#include "probes/inventory/encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace cal::inventory {

namespace {

constexpr char32_t replacement = 0xFFFD;

void append_utf8(WipedText& text, char32_t point) {
  const auto put = [&](char32_t octet) { text.push_back(static_cast<char>(octet)); };
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

// Half a surrogate pair becomes U+FFFD: Windows lets such names exist.
WipedText utf8_of_utf16(std::string_view octets, bool big_endian) {
  const auto unit_at = [&](std::size_t i) {
    const auto first = static_cast<unsigned char>(octets[i]);
    const auto second = static_cast<unsigned char>(octets[i + 1]);
    return static_cast<char32_t>(big_endian ? first << 8 | second : second << 8 | first);
  };
  WipedText text;
  text.reserve(octets.size() / 2 * 3);
  for (std::size_t i = 0; i + 1 < octets.size(); i += 2) {
    const auto unit = unit_at(i);
    const bool has_next = i + 3 < octets.size();
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

// How many octets a sequence that begins with `lead` has, and which second octet it may have: the
// table of RFC 3629 section 4.
struct Sequence {
  std::size_t size;
  unsigned char least, most;
};

Sequence sequence_of(unsigned char lead) {
  if (lead < 0x80) return {1, 0, 0};
  if (lead < 0xC2) return {0, 0, 0};
  if (lead < 0xE0) return {2, 0x80, 0xBF};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead < 0xF0) return {3, 0x80, 0xBF};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead < 0xF4) return {4, 0x80, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

std::optional<std::size_t> first_not_utf8(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  for (std::size_t i = 0; i < text.size();) {
    const auto [size, least, most] = sequence_of(octet(i));
    if (size == 0 || i + size > text.size()) return i;
    if (size > 1 && (octet(i + 1) < least || octet(i + 1) > most)) return i;
    for (std::size_t k = 2; k < size; ++k) {
      if ((octet(i + k) & 0xC0U) != 0x80) return i;
    }
    i += size;
  }
  return std::nullopt;
}

}  // namespace

std::size_t line_of(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  return 1 + static_cast<std::size_t>(std::ranges::count(before, '\n'));
}

tl::expected<WipedText, TextFault> to_utf8(WipedText octets) {
  const auto raw = view_of(octets);
  const bool little = raw.starts_with("\xFF\xFE");
  if (little || raw.starts_with("\xFE\xFF")) {
    if (raw.size() % 2 != 0) {
      return tl::unexpected(TextFault{0, "half a character of UTF-16 at its end; was it cut off?"});
    }
    octets = utf8_of_utf16(raw.substr(2), !little);
  } else if (raw.starts_with("\xEF\xBB\xBF")) {
    octets.erase(octets.begin(), octets.begin() + 3);
  }
  const auto text = view_of(octets);
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    return tl::unexpected(
        TextFault{line_of(text, nul),
                  "a NUL octet: no text, or UTF-16 without a byte order mark; export it as UTF-8"});
  }
  if (const auto bad = first_not_utf8(text)) {
    return tl::unexpected(TextFault{
        line_of(text, *bad),
        fmt::format("no UTF-8 (octet 0x{:02x}), perhaps a Windows code page (ANSI); export it with "
                    "-Encoding UTF8",
                    static_cast<unsigned char>(text[*bad]))});
  }
  return octets;
}

}  // namespace cal::inventory
