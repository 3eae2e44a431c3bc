// JSON as PowerShell's ConvertTo-Json writes it: a list of objects, one object where the list has
// one item, or either of them below `value` (PowerShell 5.1; our exports put `generated_at` beside
// it). Pure.
#pragma once

#include "probes/inventory/fault.h"
#include "probes/inventory/table.h"

namespace cal::inventory {

// Strings are unescaped in place, so that the text stays the only copy. Members that are lists are
// left out; of members that are objects the one `value` is taken, as PowerShell 5.1 wraps a time.
tl::expected<Table, TextFault> parse_json(WipedText text);

}  // namespace cal::inventory
