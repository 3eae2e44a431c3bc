// Exports as CSV: rows are inside the text and all have the header's width.
#include "probes/inventory/csv.h"
#include "probes/inventory/encoding.h"
#include "tests/fuzz/table_property.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cal;
  const auto text = inventory::to_utf8({data, data + size});
  if (!text) return 0;
  const auto lines = inventory::line_of(inventory::view_of(*text), text->size());
  const auto table = inventory::parse_csv(*text);
  if (table) {
    fuzz::check_table(*table);
    for (const auto& row : table->rows) {
      fuzz::require(row.cells().size() == table->rows.front().cells().size(),
                    "every row has the width of the header");
    }
  } else {
    fuzz::check_fault(table.error(), lines);
  }
  return 0;
}
