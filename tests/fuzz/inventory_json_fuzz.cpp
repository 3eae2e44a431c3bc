// Exports as JSON: accepted text is valid JSON for another library, too, and rows are inside it.
#include "probes/inventory/encoding.h"
#include "probes/inventory/json.h"
#include "tests/fuzz/table_property.h"

#include <nlohmann/json.hpp>

namespace {

// RapidJSON accepts half a surrogate pair, which the agent replaces when it is shown.
bool may_hold_half_a_pair(std::string_view text) {
  return text.find("\\ud") != std::string_view::npos || text.find("\\uD") != std::string_view::npos;
}

void check_with_other_library(std::string_view text) {
  try {
    const auto parsed = nlohmann::json::parse(text);
    cal::fuzz::require(parsed.is_structured(), "accepted text is a list or an object");
  } catch (const nlohmann::json::out_of_range&) {
    // A number that does not fit in a double; here numbers stay text.
  } catch (const nlohmann::json::parse_error&) {
    cal::fuzz::require(may_hold_half_a_pair(text), "accepted text is JSON");
  }
}

}  // namespace

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
  check_with_other_library(view);
  return 0;
}
