// The error codes in licensing events: the forms they are written in, and the causes that they
// point to. Pure.
#pragma once

#include "agent/contract/cause.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cal::winlog {

// 0xcfff1208, cfff1208, 3489600008 and -805367288 are the same code: it is not documented which
// form %1 has. Hexadecimal without 0x needs all eight digits, and a letter or a leading 8
// (80070005); otherwise the text is decimal. Surrounding blanks and a final period are ignored.
std::optional<std::uint32_t> parse_error_code(std::string_view text);

// "0xcfff1208", for a sentence.
std::string hex_text(std::uint32_t code);

// In all forms in which it may be logged or looked up: "0xcfff1208 (3489600008, -805367288)"
std::string error_code_text(std::uint32_t code);

struct CodeMeaning {
  Cause cause;
  Strength strength;       // certain: documented for these events; weak: the system's own codes
  std::string_view words;  // begins in lower case
};

// The three codes on Microsoft's pages on events 5, 9 and 11 are certain. Codes of Windows itself
// (Win32, or an HRESULT of one) for access denied, the network and the directory are weak evidence.
// Everything else is Cause::other, weak.
CodeMeaning meaning_of_code(std::uint32_t code);

// Whether it is one of those three codes.
bool is_documented(std::uint32_t code);

}  // namespace cal::winlog
