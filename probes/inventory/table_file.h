// The one way to read an export: file, encoding, CSV or JSON, and how old its data is.
#pragma once

#include "probes/inventory/fault.h"
#include "probes/inventory/table.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace cal::inventory {

struct TableFile {
  Table table;
  // When the data was read from its source: `generated_at` where the file says it, beside the list
  // (JSON) or in its first row, unless the file itself is older.
  SystemTime data_at;
};

// JSON when the text begins with [ or {, whatever the file is called; else CSV.
tl::expected<Table, TextFault> parse_table(WipedText text);

tl::expected<TableFile, FileFault> read_table(const std::filesystem::path& file);

// A whole number of at least 0; empty for everything else.
std::optional<std::int64_t> parse_count(std::string_view text);

}  // namespace cal::inventory
