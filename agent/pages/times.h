// Times as the pages show them.
#pragma once

#include "agent/pages/html.h"
#include "agent/run/board.h"

namespace cal {

// "2026-11-24 18:40:00 UTC"
Html time_html(SystemTime time);

// "3 min ago"; the time itself is shown on hovering.
Html age_html(SystemTime time, SystemTime now);

// When a probe ran last and how often it does, since when the result is what it is, and how old the
// data of its file is.
Html run_times(const Row& row, SystemTime now);

}  // namespace cal
