// The `directory` block of a network, turned into the settings of its edge.
#pragma once

#include "agent/contract/options.h"
#include "probes/ldap/settings.h"

namespace cal {

// ConfigErrors are collected in the options; then the settings are not to be used.
ldap::Settings read_directory_settings(Options& options);

}  // namespace cal
