// The typed values of binary XML as text (MS-EVEN6 2.2.12, BinXml value types; MS-DTYP).
#pragma once

#include "probes/evtx/cursor.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cal::evtx {

inline constexpr std::size_t max_value_text = 2 * 1024;  // bytes; longer texts are cut
inline constexpr std::size_t max_array_items = 64;       // further items are left out

namespace value_type {
inline constexpr std::uint8_t null = 0x00;
inline constexpr std::uint8_t string = 0x01;
inline constexpr std::uint8_t binary_xml = 0x21;
inline constexpr std::uint8_t array = 0x80;  // a flag
}  // namespace value_type

// UTF-16LE up to its end or a NUL, as valid UTF-8, at most max_value_text bytes.
std::string text_of_utf16(Bytes bytes);

// A value as Windows renders it in the XML of an event. A type that is not known is hexadecimal.
std::string text_of_value(std::uint8_t type, Bytes bytes);

// The items of an array, or the value alone when the type is not an array.
std::vector<std::string> texts_of_value(std::uint8_t type, Bytes bytes);

// How many bytes a value of this type has where it is written without a length; 0 for those whose
// length varies.
std::size_t fixed_size(std::uint8_t type);

}  // namespace cal::evtx
