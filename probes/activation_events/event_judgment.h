// The reasons and metric families of activation_events. The source file also contains judge(),
// which activation_events.h declares.
#pragma once

#include "agent/contract/probe.h"

#include <span>

namespace cal::activation_events {

std::span<const Reason> event_reasons();
std::span<const MetricFamily> event_families();

}  // namespace cal::activation_events
