// Reads a Windows event log file (.evtx) by libevtx. Call it in a short-lived process only: libevtx
// leaks memory on damaged records, and it reads what others wrote.
#pragma once

#include "probes/winlog/event.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace cal::winlog {

struct EvtxReport {
  std::uint64_t unparsed = 0;  // records that could not be read
  bool damaged = false;        // the file says so, or was not closed
};

// Calls `on_event` for the events of these providers (none: of all), in the order of their record
// ids; a log that wrapped around has its newest records in front. The error is one line for people.
tl::expected<EvtxReport, std::string> read_evtx(const std::string& path,
                                                std::span<const std::string_view> providers,
                                                const std::function<void(const Event&)>& on_event);

}  // namespace cal::winlog
