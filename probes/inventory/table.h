// An export as rows of named values, from CSV or JSON. Names are compared without case, spaces,
// underscores and hyphens, so that `Product Key`, `product_key` and `ProductKey` are the same.
// Values are views into the table's single text, which is wiped when the table is destroyed.
#pragma once

#include "agent/base/clock.h"
#include "probes/inventory/wiped_text.h"

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace cal::inventory {

// Bounds the memory that a hostile file can claim, whatever its size on disk.
inline constexpr std::size_t max_rows = 100'000;
inline constexpr std::size_t max_cells = 1'000'000;

struct Cell {
  std::string_view name;
  std::string_view value;
};

// The names that a column may have; the first is the documented one.
using ColumnNames = std::span<const std::string_view>;

class Row {
 public:
  explicit Row(std::size_t line) : line_(line) {}

  void add(Cell cell) { cells_.push_back(cell); }

  // The first value with one of these names, without surrounding spaces. Empty if there is none: an
  // empty CSV field, a JSON null and an absent column are the same.
  std::string_view find(ColumnNames names) const;
  std::string_view find(std::initializer_list<std::string_view> names) const {
    return find(ColumnNames(names.begin(), names.size()));
  }

  std::size_t line() const { return line_; }  // in the file, from 1
  const std::vector<Cell>& cells() const { return cells_; }

 private:
  std::size_t line_;
  std::vector<Cell> cells_;
};

bool same_name(std::string_view a, std::string_view b);

struct Table {
  explicit Table(WipedText owned) : text(std::move(owned)) {}
  Table(Table&&) = default;
  Table& operator=(Table&&) = default;
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  ~Table() = default;

  WipedText text;  // the rows have views into it, which stay valid when the table is moved
  std::vector<std::string_view> columns;  // of CSV; JSON has none of its own
  std::vector<Row> rows;
  Row envelope{0};  // of JSON: the members beside the list of rows
};

}  // namespace cal::inventory
