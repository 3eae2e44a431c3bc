// The configuration for a `preflight`: one network of the configured ones, with its probes of the
// reference page's causes and no others.
#pragma once

#include "agent/contract/probe.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

// The names of the networks in a configuration that has no error.
std::vector<std::string> network_names(const std::string& config_text);

// Option values by probe and key.
using ProbeOptions = std::map<std::string_view, std::map<std::string_view, std::string>>;

// The same configuration with nothing but this network and these probes. A probe that is not
// configured there is added with its defaults. `options` are set on top.
std::string config_for(const std::string& config_text, const std::string& network,
                       const std::vector<std::string_view>& probes, const ProbeOptions& options);

}  // namespace cal
