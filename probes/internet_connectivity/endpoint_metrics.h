// The metric families of the probe internet_connectivity, and the samples of the path to an
// endpoint.
#pragma once

#include "agent/contract/probe.h"
#include "probes/net/ladder.h"

#include <span>
#include <vector>

namespace cal::internet_connectivity {

std::span<const MetricFamily> all_families();

// `ladder` is the evaluation of `facts`.
std::vector<Sample> samples_of(const net::WayFacts& facts, const net::Ladder& ladder);

Sample open_health_alerts(std::size_t number);

}  // namespace cal::internet_connectivity
