// An event log file that is read as a whole each time it has changed, by a child process with tight
// limits.
#pragma once

#include "agent/base/clock.h"
#include "probes/winlog/event_sink.h"
#include "probes/winlog/file_position.h"
#include "probes/winlog/log_file.h"

#include <tl/expected.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace cal::winlog {

// The argument that makes this program the child, and what it then does: it reads the log on
// descriptor 0 and writes the events of the licensing providers to descriptor 1.
inline constexpr std::string_view evtx_child_command = "read-evtx-as-child";
int evtx_child_main();

// Gives the sink every licensing event of the log, unless the file is as it was at `position`,
// which it then moves. At the deadline the child is killed. `program` is the one to run as the
// child: this one.
tl::expected<LogState, FileFault> read_evtx_log(const std::filesystem::path& path,
                                                FilePosition& position, EventSink& sink,
                                                Deadline deadline,
                                                const std::string& program = "/proc/self/exe");

}  // namespace cal::winlog
