// Base64 (RFC 4648, 4), the way descriptors are passed around in text files. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cal::security {

// White space is skipped, padding may be missing. Empty when there is any other character.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace cal::security
