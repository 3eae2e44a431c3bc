// Follows a file of JSON lines: reads what is new, in constant memory, whatever happens to the file
// in between (rotated, truncated, replaced, still being written).
#pragma once

#include "agent/base/clock.h"
#include "probes/winlog/event_sink.h"
#include "probes/winlog/file_position.h"
#include "probes/winlog/log_file.h"

#include <tl/expected.hpp>

#include <filesystem>

namespace cal::winlog {

// Reads from `position` on, and moves it. When the file was renamed (rotated), the rest of it is
// read first, if it still lies in its folder.
tl::expected<LogState, FileFault> follow_json_log(const std::filesystem::path& path,
                                                  FilePosition& position, EventSink& sink,
                                                  Deadline deadline);

}  // namespace cal::winlog
