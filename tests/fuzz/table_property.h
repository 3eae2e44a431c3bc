// What holds for every table, whatever it was read from.
#pragma once

#include "agent/base/text.h"
#include "probes/inventory/fault.h"
#include "probes/inventory/table_file.h"
#include "probes/inventory/times.h"
#include "tests/fuzz/property.h"

#include <cstdint>
#include <functional>

namespace cal::fuzz {

inline void check_fault(const inventory::TextFault& fault, std::size_t lines) {
  require(!fault.what.empty(), "an error says what is wrong");
  require(fault.line <= lines, "an error names a line of the text");
}

inline void check_table(const inventory::Table& table) {
  const std::less_equal<const char*> not_after;
  const auto text = inventory::view_of(table.text);
  std::size_t line = 0;
  for (const auto& row : table.rows) {
    require(row.line() >= line, "rows are in the order of their lines");
    line = row.line();
    for (const auto& cell : row.cells()) {
      for (const auto part : {cell.name, cell.value}) {
        if (part.empty() || part == "true" || part == "false") continue;
        require(not_after(text.data(), part.data()) &&
                    not_after(part.data() + part.size(), text.data() + text.size()),
                "a value lies inside the table's text");
      }
      const auto found = row.find({cell.name});
      require(found == trimmed(found), "a value has no spaces around it");
      inventory::parse_time(found);
      const auto range = inventory::parse_time_range(found);
      require(!range || range->earliest <= range->latest, "a range of times is in order");
      inventory::parse_count(found);
    }
  }
}

}  // namespace cal::fuzz
