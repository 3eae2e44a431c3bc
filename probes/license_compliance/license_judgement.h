// What license_compliance can say: its reasons and metric families. Beside it stands the pure
// judge() of probes/license_compliance.h.
#pragma once

#include "agent/contract/probe.h"

#include <span>

namespace cal::license_compliance {

std::span<const Reason> reasons();
std::span<const MetricFamily> families();

}  // namespace cal::license_compliance
