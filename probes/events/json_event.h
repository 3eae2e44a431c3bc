// Events as lines of JSON: in the layouts of shippers (README.md), and in our own layout, which
// `cal_exporter events` writes. Pure; any input is safe.
#pragma once

#include "probes/events/event.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cal::winlog {

// Most lines are one event. An array, and OpenTelemetry's OTLP, have several on one line.
struct JsonLine {
  std::vector<Event> events = {};
  std::size_t refused = 0;  // what is not an event, or lacks provider, ID, record ID or time
};

JsonLine parse_json_line(std::string_view line);

// Empty unless the line is exactly one event.
std::optional<Event> parse_json_event(std::string_view line);

// One line in our own format, without a line end.
std::string json_event(const Event& event);

}  // namespace cal::winlog
