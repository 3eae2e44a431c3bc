// The one list of probes.
#pragma once

#include "agent/contract/probe.h"

namespace cal {

Catalogue probe_catalogue();

}  // namespace cal
