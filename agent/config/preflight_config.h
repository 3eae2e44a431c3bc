// The configuration for a `preflight`: one of the configured networks, with only those of its
// probes that check a cause of the reference page.
#pragma once

#include "agent/contract/probe.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

// The names of the networks in a valid configuration.
std::vector<std::string> network_names(const std::string& config_text);

// Option values by probe and key.
using ProbeOptions = std::map<std::string_view, std::map<std::string_view, std::string>>;

// The same configuration with only this network, with its profile, and these probes. A probe that
// is not configured is added with its defaults. `options` replace what is configured.
std::string config_for(const std::string& config_text, const std::string& network, Profile profile,
                       const std::vector<std::string_view>& probes, const ProbeOptions& options);

}  // namespace cal
