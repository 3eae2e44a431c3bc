// An event as one line of JSON, in the layouts of Winlogbeat, NXLog (CE and EE), Grafana Alloy and
// Fluent Bit, and in our own layout, which `cal_exporter events` writes. Pure; any input is safe.
#pragma once

#include "probes/winlog/event.h"

#include <optional>
#include <string>
#include <string_view>

namespace cal::winlog {

// Empty if the line is not a JSON object, has an unknown layout, or lacks provider, ID, record ID
// or time: without these, events cannot be distinguished.
std::optional<Event> parse_json_event(std::string_view line);

// One line in our own format, without a line end.
std::string json_event(const Event& event);

}  // namespace cal::winlog
