// The JSON document of `check --format json` and /api/v1/status, version 1
// (config/report.schema.json), and its reader: a saved report gives back the rows of the board
// (without samples), so that diagnosis and comparison can be repeated away from the network where
// it was made. Pure.
#pragma once

#include "agent/run/board.h"

#include <tl/expected.hpp>

#include <span>
#include <string>
#include <string_view>

namespace cal {

std::string json_report(const Rows& rows, SystemTime now);

struct SavedReport {
  SystemTime generated_at;
  Rows rows;  // their instances have no probe to run
};

// The error says what is wrong: not a report, or one whose version, probes or reasons this version
// does not know.
tl::expected<SavedReport, std::string> read_report(std::string_view text,
                                                   std::span<const ProbeKind> kinds);

}  // namespace cal
