// The events of a Windows event log file (.evtx). The agent reads one in a confined child process
// (evtx_log.h), since others wrote the file.
#pragma once

#include "probes/events/event.h"
#include "probes/winlog/event_filter.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace cal::winlog {

struct EvtxReport {
  std::uint64_t others = 0;     // events that the filter does not pass
  std::uint64_t elsewhere = 0;  // those of them in logs to which no licensing provider writes
  std::uint64_t unparsed = 0;   // records that could not be read
  bool damaged = false;         // records are missing or destroyed
};

using OnEvent = std::function<void(const Event&)>;

// Calls `on_event` for the events that pass the filter, the oldest first, and `on_other`, if it is
// not empty, for the others, which have no data. The error is one line for people.
tl::expected<EvtxReport, std::string> read_evtx(const std::string& path, const EventFilter& filter,
                                                const OnEvent& on_event,
                                                const OnEvent& on_other = {});

}  // namespace cal::winlog
