// SHA-256, to tell whether two long texts are equal while only one of them is kept.
#pragma once

#include <array>
#include <string_view>

namespace cal {

using Digest = std::array<unsigned char, 32>;

// Throws std::bad_alloc.
Digest sha256(std::string_view text);

}  // namespace cal
