// Follows a file of JSON lines: reads new lines, in constant memory, even if the file was rotated,
// truncated or replaced in between, or is still being written.
#pragma once

#include "agent/base/clock.h"
#include "probes/winlog/event_sink.h"
#include "probes/winlog/file_position.h"
#include "probes/winlog/log_file.h"

#include <tl/expected.hpp>

#include <filesystem>
#include <string>

namespace cal::winlog {

// Whether more may be appended to the log: then a last line without a line end, which is not
// complete, is left for the next run.
enum class LogEnd { open, closed };

// Reads from `position` on, and updates it. If the file was renamed (rotated), the rest of it is
// read first, as long as it is in the same folder. `path` may also name a series of files
// (log_series.h), which is read as one log.
tl::expected<LogState, FileFault> follow_json_log(const std::filesystem::path& path,
                                                  FilePosition& position, EventSink& sink,
                                                  Deadline deadline, LogEnd log_end = LogEnd::open);

// The first line that is not blank, of the newest file of a series; empty if it cannot be read.
std::string first_line(const std::filesystem::path& path);

}  // namespace cal::winlog
