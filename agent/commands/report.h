// The rows of a board in the requested format. The formats are in check_output, report_json and
// agent/metrics.
#pragma once

#include "agent/commands/cli.h"
#include "agent/contract/probe.h"
#include "agent/run/board.h"

#include <string>

namespace cal {

std::string report_text(const Rows& rows, ReportFormat format, const Registry& registry);

}  // namespace cal
