// Reads a whole text file that another program wrote, within bounds.
#pragma once

#include "agent/base/clock.h"
#include "probes/inventory/fault.h"
#include "probes/inventory/wiped_text.h"

#include <cstddef>
#include <filesystem>

namespace cal::inventory {

inline constexpr std::size_t max_file_size = 64U << 20U;  // octets

struct TextFile {
  WipedText text;  // UTF-8, see to_utf8()
  SystemTime written_at;
};

// Regular files only.
tl::expected<TextFile, FileFault> read_text_file(const std::filesystem::path& file,
                                                 std::size_t max_size = max_file_size);

// "read FILE: line 3: WHAT"
FileFault unreadable(const std::filesystem::path& file, const TextFault& fault);

}  // namespace cal::inventory
