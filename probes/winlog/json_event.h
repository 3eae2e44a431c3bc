// An event as one line of JSON, in the layouts of Winlogbeat, NXLog (CE and EE), Grafana Alloy and
// Fluent Bit, and in our own, which `cal_exporter events` writes. Pure; any input is safe.
#pragma once

#include "probes/winlog/event.h"

#include <optional>
#include <string>
#include <string_view>

namespace cal::winlog {

// Empty when the line is no JSON object, of no known layout, or without provider, id, record id or
// time: without them an event cannot be told from another.
std::optional<Event> parse_json_event(std::string_view line);

// One line of our own layout, without the line's end.
std::string json_event(const Event& event);

}  // namespace cal::winlog
