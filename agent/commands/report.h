// The rows of a board in the requested format. The formats are in check_output, nagios, report_json
// and agent/metrics.
#pragma once

#include "agent/base/terminal.h"
#include "agent/commands/cli.h"
#include "agent/contract/probe.h"
#include "agent/run/board.h"

#include <string_view>

namespace cal {

TerminalText report_text(const Rows& rows, ReportFormat format, const Registry& registry);

// Prints why there is no report, where the reader of the format sees it, and returns the exit code.
int refuse(std::string_view errors, ReportFormat format);

}  // namespace cal
