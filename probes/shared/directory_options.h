// A network's `directory` block, as settings of the LDAP client.
#pragma once

#include "agent/contract/options.h"
#include "probes/ldap/settings.h"

namespace cal {

// Errors are collected in the options; the settings must not be used if there are any.
ldap::Settings read_directory_settings(Options& options);

}  // namespace cal
