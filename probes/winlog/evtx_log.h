// An event log file that is read as a whole whenever it has changed, by a child process with tight
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

// The argument that makes this program the child, and the main function of the child: it reads the
// log on descriptor 0 and writes the events of the licensing providers to descriptor 1.
inline constexpr std::string_view evtx_child_command = "read-evtx-as-child";
int evtx_child_main();

// Passes every licensing event of the log to the sink and updates `position`, unless the file has
// not changed since `position`. At the deadline the child is killed. `program` is run as the child;
// by default this program.
tl::expected<LogState, FileFault> read_evtx_log(const std::filesystem::path& path,
                                                FilePosition& position, EventSink& sink,
                                                Deadline deadline,
                                                const std::string& program = "/proc/self/exe");

}  // namespace cal::winlog
