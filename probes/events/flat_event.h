// An event from the layouts that have its fields side by side: NXLog, Grafana Alloy, Fluent Bit,
// Fluentd, PowerShell, and Winlogbeat before 7. Pure.
#pragma once

#include "probes/events/json_values.h"

namespace cal::winlog {

using ReadLayout = bool (*)(const Json& line, Event& event);  // false: a required field is missing

// The reader of the line's layout, by a member that only this one has; null: none of them.
ReadLayout flat_layout_of(const Json& line);

}  // namespace cal::winlog
