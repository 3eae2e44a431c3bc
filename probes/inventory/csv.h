// Comma-separated values (RFC 4180) with a header line. Also the variants that Windows writes: `;`
// or a tab as the delimiter, if the header has more of them than commas, and the `#TYPE` line of
// Export-Csv in PowerShell 5.1. Pure.
#pragma once

#include "probes/inventory/fault.h"
#include "probes/inventory/table.h"

namespace cal::inventory {

// Fields are unquoted in place, so that the text remains the only copy. Empty lines are skipped; a
// line with more or fewer fields than the header is a fault.
tl::expected<Table, TextFault> parse_csv(WipedText text);

}  // namespace cal::inventory
