// JSON as PowerShell's ConvertTo-Json writes it: a list of objects, one object where the list has
// one item, or either of them below `value` (PowerShell 5.1; our exports put `generated_at` beside
// it). Pure.
#pragma once

#include "probes/inventory/fault.h"
#include "probes/inventory/table.h"

namespace cal::inventory {

// Strings are unescaped in place, so that the text remains the only copy. Members that are lists
// are ignored; of members that are objects only `value` is used, as PowerShell 5.1 wraps a time.
tl::expected<Table, TextFault> parse_json(WipedText text);

}  // namespace cal::inventory
