// Base64 (RFC 4648, 4), in which descriptors are stored in text files. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cal::security {

// White space is skipped, and padding may be missing. Empty if the text has any other character.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace cal::security
