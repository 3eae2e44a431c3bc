// The reasons and metric families of license_compliance. The source file also contains judge(),
// which license_compliance.h declares.
#pragma once

#include "agent/contract/probe.h"

#include <span>

namespace cal::license_compliance {

std::span<const Reason> reasons();
std::span<const MetricFamily> families();

}  // namespace cal::license_compliance
