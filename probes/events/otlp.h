// The log records of OpenTelemetry's protocol as JSON, which the Collector's exporter `file` writes
// (opentelemetry-proto, logs/v1/logs.proto and common/v1/common.proto). Pure.
#pragma once

#include "probes/events/json_values.h"

#include <vector>

namespace cal::winlog {

// The bodies as plain JSON; none if the line is something else. They have views into `line`.
std::vector<Json> otlp_bodies(const Json& line, rapidjson::Document::AllocatorType& memory);

}  // namespace cal::winlog
