#include "probes/inventory/csv.h"

#include "probes/inventory/encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cal::inventory {

namespace {

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find_first_of("\r\n"));
}

char delimiter_of(std::string_view header) {
  constexpr std::array delimiters{',', ';', '\t'};
  return *std::ranges::max_element(
      delimiters, {}, [&](char delimiter) { return std::ranges::count(header, delimiter); });
}

// Makes one pass over the text; the read position is always ahead of the write position.
class CsvReader {
 public:
  explicit CsvReader(WipedText& text) : text_(text) {
    if (view_of(text_).starts_with("#TYPE ")) skip_line();
    delimiter_ = delimiter_of(first_line(view_of(text_).substr(at_)));
  }

  struct Record {
    std::size_t line;
    std::vector<std::string_view> fields;
  };

  bool at_end() const { return at_ >= text_.size(); }

  tl::expected<Record, TextFault> next() {
    Record record{line_, {}};
    while (true) {
      auto field = next_field();
      if (!field) return tl::unexpected(std::move(field.error()));
      record.fields.push_back(*field);
      if (record.fields.size() > max_cells) return fault("too many fields in one line");
      if (at_end()) return record;
      const char end = text_[at_++];
      if (end == '\n' || end == '\r') {
        ++line_;
        return record;
      }
    }
  }

 private:
  tl::unexpected<TextFault> fault(std::string what) const {
    return tl::unexpected(TextFault{line_, std::move(what)});
  }

  void skip_line() {
    at_ = first_line(view_of(text_)).size();
    skip_carriage_return();
    at_ = std::min(at_ + 1, text_.size());
    ++line_;
  }

  // A carriage return alone ends a line, too: programs of old Macs write such files.
  bool at_field_end() const {
    return at_end() || text_[at_] == delimiter_ || text_[at_] == '\n' || text_[at_] == '\r';
  }

  // Stops at the delimiter, the octet that ends the line, or the end.
  tl::expected<std::string_view, TextFault> next_field() {
    if (!at_end() && text_[at_] == '"') {
      auto field = quoted_field();
      if (!field) return field;
      if (!at_field_end()) return fault("text after a closing quotation mark");
      skip_carriage_return();
      return field;
    }
    const auto begin = at_;
    while (!at_field_end()) ++at_;
    const auto field = view_of(text_).substr(begin, at_ - begin);
    skip_carriage_return();
    return field;
  }

  // Of a pair.
  void skip_carriage_return() {
    if (at_ + 1 < text_.size() && text_[at_] == '\r' && text_[at_ + 1] == '\n') ++at_;
  }

  tl::expected<std::string_view, TextFault> quoted_field() {
    const auto first_line_of_field = line_;
    const auto begin = ++at_;
    auto written = begin;
    while (!at_end()) {
      if (ends_line(view_of(text_), at_)) ++line_;
      const char c = text_[at_++];
      if (c == '"') {
        if (at_end() || text_[at_] != '"') return view_of(text_).substr(begin, written - begin);
        ++at_;  // a doubled quotation mark is one
      }
      text_[written++] = c;
    }
    return tl::unexpected(
        TextFault{first_line_of_field, "a quotation mark is not closed; was the file cut off?"});
  }

  WipedText& text_;
  char delimiter_ = ',';
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

bool is_empty_line(const CsvReader::Record& record) {
  return record.fields.size() == 1 && record.fields[0].empty();
}

}  // namespace

tl::expected<Table, TextFault> parse_csv(WipedText text) {
  Table table(std::move(text));
  CsvReader reader(table.text);
  const auto header = reader.next();
  if (!header) return tl::unexpected(header.error());
  table.columns = header->fields;
  std::size_t cells = 0;
  while (!reader.at_end()) {
    const auto record = reader.next();
    if (!record) return tl::unexpected(record.error());
    if (is_empty_line(*record)) continue;
    if (record->fields.size() != header->fields.size()) {
      return tl::unexpected(
          TextFault{record->line, fmt::format("{} fields, but the header line has {}",
                                              record->fields.size(), header->fields.size())});
    }
    cells += record->fields.size();
    if (table.rows.size() == max_rows || cells > max_cells) {
      return tl::unexpected(TextFault{record->line, "more than 100,000 rows or 1,000,000 values"});
    }
    Row row(record->line);
    for (std::size_t i = 0; i < record->fields.size(); ++i) {
      row.add({header->fields[i], record->fields[i]});
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace cal::inventory
