// The metric families of session_host_licensing. At most 500 hosts and 64 servers give at most
// 1,173 samples.
#pragma once

#include "agent/contract/probe.h"
#include "probes/farm/license_server.h"
#include "probes/session_host_licensing/groups.h"

#include <span>

namespace cal::session_host_licensing {

std::span<const MetricFamily> families();

std::vector<Sample> farm_samples(const std::vector<HostVerdict>& verdicts,
                                 const std::vector<farm::LicenseServer>& servers);

// None while the issued licenses are not known.
void add_ending_samples(const LicenseOutlook& outlook, SystemTime now,
                        std::vector<Sample>& samples);

}  // namespace cal::session_host_licensing
