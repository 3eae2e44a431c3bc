// The one list of probes.
#pragma once

#include "agent/contract/probe.h"

namespace cal {

Registry probe_registry();

}  // namespace cal
