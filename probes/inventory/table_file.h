// Reads an export: file, encoding, CSV or JSON, and the age of its data.
#pragma once

#include "probes/inventory/fault.h"
#include "probes/inventory/table.h"
#include "probes/inventory/text_file.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace cal::inventory {

struct TableFile {
  Table table;
  // When the data was read from its source: `generated_at` beside the list (JSON) or in the first
  // row, unless the file itself is older; without it, the file's modification time.
  SystemTime data_at;
  bool ends_inside_a_line = false;  // of CSV, without a line break at the end
};

// JSON if the text begins with [ or {, whatever the file is called; otherwise CSV.
tl::expected<Table, TextFault> parse_table(WipedText text);

// Of a file that was read already.
tl::expected<TableFile, FileFault> table_of(const std::filesystem::path& file, TextFile content);

// The fault of a CSV file that has none of these columns.
std::optional<FileFault> missing_column(const std::filesystem::path& file, const Table& table,
                                        ColumnNames names);

// A CSV file has to have these columns, also where it has no rows. `more` is empty if one is
// enough.
tl::expected<TableFile, FileFault> read_table(const std::filesystem::path& file, ColumnNames needed,
                                              ColumnNames more = {});

// A whole number of at least 0; empty for any other text.
std::optional<std::int64_t> parse_count(std::string_view text);

}  // namespace cal::inventory
