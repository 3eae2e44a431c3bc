#include "probes/inventory/table.h"

#include "agent/base/text.h"

namespace cal::inventory {

namespace {

bool is_filler(char c) { return c == ' ' || c == '_' || c == '-' || c == '\t'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view skip_filler(std::string_view text) {
  while (!text.empty() && is_filler(text.front())) text.remove_prefix(1);
  return text;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  while (true) {
    a = skip_filler(a);
    b = skip_filler(b);
    if (a.empty() || b.empty()) return a.empty() && b.empty();
    if (lower(a.front()) != lower(b.front())) return false;
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
}

std::string_view Row::find(ColumnNames names) const {
  for (const auto name : names) {
    for (const auto& cell : cells_) {
      if (!same_name(cell.name, name)) continue;
      if (const auto value = trimmed(cell.value); !value.empty()) return value;
    }
  }
  return {};
}

}  // namespace cal::inventory
