// Exports as JSON: what is read is JSON to another library too, and rows lie inside the text.
#include "probes/inventory/encoding.h"
#include "probes/inventory/json.h"
#include "tests/fuzz/table_property.h"

#include <nlohmann/json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cal;
  const auto text = inventory::to_utf8({data, data + size});
  if (!text) return 0;
  const auto view = inventory::view_of(*text);
  const auto table = inventory::parse_json(*text);
  if (!table) {
    fuzz::check_fault(table.error(), inventory::line_of(view, view.size()));
    return 0;
  }
  fuzz::check_table(*table);
  // RapidJSON lets half a surrogate pair pass, which the frame replaces where it is shown.
  const bool may_hold_half_a_pair =
      view.find("\\ud") != std::string_view::npos || view.find("\\uD") != std::string_view::npos;
  fuzz::require(may_hold_half_a_pair || nlohmann::json::accept(view), "what is read is JSON");
  return 0;
}
