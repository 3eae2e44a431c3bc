// The one list of probes.
#pragma once

#include "agent/probe.h"

namespace cal {

Catalogue probe_catalogue();

}  // namespace cal
