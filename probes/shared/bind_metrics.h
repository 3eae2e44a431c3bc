// The metrics of the guard that all networks' binds pass.
#pragma once

#include "agent/contract/probe.h"
#include "probes/ldap/bind_guard.h"

#include <span>
#include <vector>

namespace cal {

std::span<const MetricFamily> bind_families();
std::vector<NetworkSample> bind_samples(const ldap::BindGuard& guard);

}  // namespace cal
