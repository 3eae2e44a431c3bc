// The encodings in which PowerShell 5.1 and 7 and editors write text: UTF-8 with and without a byte
// order mark, UTF-16 with one. The Windows code pages ("ANSI") cannot be distinguished from each
// other, so they are refused. Pure.
#pragma once

#include "probes/inventory/fault.h"
#include "probes/inventory/wiped_text.h"

#include <cstddef>
#include <string_view>

namespace cal::inventory {

// As UTF-8 without a mark; everything after this sees valid UTF-8 without NUL octets.
tl::expected<WipedText, TextFault> to_utf8(WipedText octets);

// Whether a line ends with this octet: a line feed, or a carriage return without one.
bool ends_line(std::string_view text, std::size_t at);

// The line, counted from 1, of an octet in a text.
std::size_t line_of(std::string_view text, std::size_t offset);

}  // namespace cal::inventory
