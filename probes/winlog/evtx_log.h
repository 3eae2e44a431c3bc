// An event log file that is read as a whole whenever it has changed, by a child process with tight
// limits.
#pragma once

#include "agent/base/clock.h"
#include "probes/winlog/event_sink.h"
#include "probes/winlog/file_position.h"
#include "probes/winlog/log_file.h"

#include <tl/expected.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace cal::winlog {

// licensing: the events of the licensing providers. security: those of the security log that are
// about changes in the directory, and the first and the last of the others, which show what time
// the log covers.
enum class EvtxSelection { licensing, security };

// The argument that makes this program the child, if it is one, and the main function of the child:
// it reads the log on descriptor 0 and writes the selected events to descriptor 1.
std::optional<EvtxSelection> evtx_child_selection(std::string_view argument);
int evtx_child_main(EvtxSelection selection);

// Passes the selected events of the log to the sink and updates `position`, unless the file has not
// changed since `position`. At the deadline the child is killed. `program` is run as the child; by
// default this program.
tl::expected<LogState, FileFault> read_evtx_log(const std::filesystem::path& path,
                                                FilePosition& position, EventSink& sink,
                                                Deadline deadline,
                                                EvtxSelection selection = EvtxSelection::licensing,
                                                const std::string& program = "/proc/self/exe");

}  // namespace cal::winlog
