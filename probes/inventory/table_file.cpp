#include "probes/inventory/table_file.h"

#include "probes/inventory/csv.h"
#include "probes/inventory/json.h"
#include "probes/inventory/times.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace cal::inventory {

namespace {

std::optional<SystemTime> generated_at(const Table& table) {
  auto text = table.envelope.find({"generated_at"});
  if (text.empty() && !table.rows.empty()) text = table.rows.front().find({"generated_at"});
  const auto time = parse_time(text);
  return time ? std::optional(time->at) : std::nullopt;
}

bool has_column(const Table& table, ColumnNames names) {
  return std::ranges::any_of(table.columns, [&](std::string_view column) {
    return std::ranges::any_of(names,
                               [&](std::string_view name) { return same_name(column, name); });
  });
}

}  // namespace

tl::expected<Table, TextFault> parse_table(WipedText text) {
  const auto view = view_of(text);
  const auto first = view.find_first_not_of(" \t\r\n");
  // A truncated export also looks like this, so it is not taken for one without entries.
  if (first == std::string_view::npos) {
    return tl::unexpected(
        TextFault{0, "it is empty; an export without entries still has a header line, or []"});
  }
  const bool json = view[first] == '[' || view[first] == '{';
  return json ? parse_json(std::move(text)) : parse_csv(std::move(text));
}

tl::expected<TableFile, FileFault> table_of(const std::filesystem::path& file, TextFile content) {
  const bool has_end = view_of(content.text).ends_with('\n');
  auto table = parse_table(std::move(content.text));
  if (!table) return tl::unexpected(unreadable(file, table.error()));
  const auto data_at =
      std::min(generated_at(*table).value_or(content.written_at), content.written_at);
  const bool is_csv = !table->columns.empty();
  return TableFile{std::move(*table), data_at, is_csv && !has_end};
}

std::optional<FileFault> missing_column(const std::filesystem::path& file, const Table& table,
                                        ColumnNames names) {
  if (table.columns.empty() || has_column(table, names)) return std::nullopt;
  return unreadable(
      file, {1, fmt::format("there is no column {}, so this is not the table that is expected; "
                            "is it the text of an error, or another export?",
                            names.front())});
}

tl::expected<TableFile, FileFault> read_table(const std::filesystem::path& file, ColumnNames needed,
                                              ColumnNames more) {
  auto content = read_text_file(file);
  if (!content) return tl::unexpected(std::move(content.error()));
  auto read = table_of(file, std::move(*content));
  if (!read) return read;
  for (const auto names : {needed, more}) {
    if (names.empty()) continue;
    if (auto fault = missing_column(file, read->table, names)) {
      return tl::unexpected(std::move(*fault));
    }
  }
  return read;
}

std::optional<std::int64_t> parse_count(std::string_view text) {
  std::int64_t count = 0;
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, count);
  if (parsed.ec != std::errc{} || parsed.ptr != end || count < 0) return std::nullopt;
  return count;
}

}  // namespace cal::inventory
