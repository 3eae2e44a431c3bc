// What a verdict is called where people read it: on pages, in dashboards, alerts and commands.
// Labels, JSON and logs say `clear`, `present` and `unknown` (name_of).
#pragma once

#include "agent/contract/probe.h"

#include <string_view>

namespace cal {

// "cause found", "possible cause", "not the cause" or "could not check".
std::string_view words_for(Verdict verdict, Severity severity);

}  // namespace cal
