// Text as a literal of PowerShell: reading it as PowerShell does gives the same text and ends where
// the literal ends.
#include "agent/base/powershell.h"
#include "agent/base/text.h"
#include "agent/base/utf.h"
#include "tests/fuzz/property.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

using cal::fuzz::require;

namespace {

bool is_quote(std::string_view character) {
  return character == "'" || character == "\xE2\x80\x98" || character == "\xE2\x80\x99" ||
         character == "\xE2\x80\x9A" || character == "\xE2\x80\x9B";
}

// What PowerShell reads: after a quote that is not followed by another one, the literal ends.
std::optional<std::string> read_literal(std::string_view text) {
  if (!text.starts_with('\'')) return std::nullopt;
  text.remove_prefix(1);
  std::string value;
  while (!text.empty()) {
    const auto character = text.substr(0, cal::utf8_length(text));
    if (character.empty()) return std::nullopt;
    text.remove_prefix(character.size());
    if (!is_quote(character)) {
      value += character;
      continue;
    }
    if (text.empty()) return value;
    const auto next = text.substr(0, cal::utf8_length(text));
    if (!is_quote(next)) return std::nullopt;  // something follows the literal
    value += next;
    text.remove_prefix(next.size());
  }
  return std::nullopt;
}

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\0\r\n\t", 4)) == text.npos &&
         cal::printable(text) == text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto literal = cal::powershell_literal(text);
  require(literal.has_value() == is_one_line(text), "what cannot be shown as one line is refused");
  if (literal) {
    require(read_literal(*literal) == text, "PowerShell reads the same text");
    require(is_one_line(*literal), "a literal is one plain line");
  }
  const auto comment = cal::powershell_comment(text);
  require(comment.starts_with("# ") && is_one_line(comment), "a comment is one plain line");
  return 0;
}
