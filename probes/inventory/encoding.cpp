#include "probes/inventory/encoding.h"

#include "agent/base/utf.h"

#include <fmt/format.h>

namespace cal::inventory {

bool ends_line(std::string_view text, std::size_t at) {
  return text[at] == '\n' || (text[at] == '\r' && !text.substr(at + 1).starts_with('\n'));
}

std::size_t line_of(std::string_view text, std::size_t offset) {
  std::size_t line = 1;
  for (std::size_t at = 0; at < offset; ++at) {
    if (ends_line(text, at)) ++line;
  }
  return line;
}

tl::expected<WipedText, TextFault> to_utf8(WipedText octets) {
  const auto raw = view_of(octets);
  if (const auto order = utf16_mark(raw)) {
    if (raw.size() % 2 != 0) {
      return tl::unexpected(
          TextFault{0, "half a UTF-16 character at its end; the file may be truncated"});
    }
    octets = utf8_of_utf16<WipedText>(raw.substr(2), *order);
  } else if (raw.starts_with("\xEF\xBB\xBF")) {
    octets.erase(octets.begin(), octets.begin() + 3);
  }
  const auto text = view_of(octets);
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    return tl::unexpected(TextFault{
        line_of(text, nul),
        "a NUL octet: not text, or UTF-16 without a byte order mark; export it as UTF-8"});
  }
  if (const auto bad = first_not_utf8(text)) {
    return tl::unexpected(TextFault{
        line_of(text, *bad),
        fmt::format("not UTF-8 (octet 0x{:02x}), maybe a Windows code page (ANSI); export it with "
                    "-Encoding UTF8",
                    static_cast<unsigned char>(text[*bad]))});
  }
  return octets;
}

}  // namespace cal::inventory
