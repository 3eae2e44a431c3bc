// The metric families of session_host_licensing. At most 500 hosts and 64 servers give at most
// 1,170 samples.
#pragma once

#include "agent/contract/probe.h"
#include "probes/farm/license_server.h"
#include "probes/session_host_licensing/groups.h"

#include <span>

namespace cal::session_host_licensing {

std::span<const MetricFamily> families();

std::vector<Sample> farm_samples(const std::vector<HostVerdict>& verdicts,
                                 const std::vector<farm::LicenseServer>& servers);

}  // namespace cal::session_host_licensing
