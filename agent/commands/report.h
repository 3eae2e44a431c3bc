// One board in the form that was asked for. The forms themselves: check_output, report_json,
// metrics.
#pragma once

#include "agent/commands/cli.h"
#include "agent/contract/probe.h"
#include "agent/run/board.h"

#include <string>

namespace cal {

std::string report_text(const Rows& rows, ReportFormat format, const Registry& registry);

}  // namespace cal
