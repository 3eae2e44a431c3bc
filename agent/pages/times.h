// Times as the pages show them.
#pragma once

#include "agent/pages/html.h"
#include "agent/run/board.h"

namespace cal {

// "2026-11-24 18:40:00 UTC"
Html time_html(SystemTime time);

// "3 min ago"; the time itself is shown on hovering.
Html age_html(SystemTime time, SystemTime now);

// "2026-11-24 16:40:00 UTC (2 h ago)"
Html beginning_html(const Beginning& beginning, SystemTime now);

// When a probe ran last and how often it does, and how old the data of its file is.
Html run_times(const Row& row, SystemTime now);

// The same, and since when there is a fault, or the result is what it is.
Html run_times_and_beginning(const Row& row, SystemTime now);

}  // namespace cal
