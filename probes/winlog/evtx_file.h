// The events of a Windows event log file (.evtx). The agent reads one in a confined child process
// (evtx_log.h), since others wrote the file.
#pragma once

#include "probes/events/event.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace cal::winlog {

struct EvtxReport {
  std::uint64_t others = 0;     // events of other providers
  std::uint64_t elsewhere = 0;  // those of them in logs to which no licensing provider writes
  std::uint64_t unparsed = 0;   // records that could not be read
  bool damaged = false;         // records are missing or destroyed
};

// Calls `on_event` for the events of these providers (none: of all), the oldest first. The error is
// one line for people.
tl::expected<EvtxReport, std::string> read_evtx(const std::string& path,
                                                std::span<const std::string_view> providers,
                                                const std::function<void(const Event&)>& on_event);

}  // namespace cal::winlog
