// What a verdict and a probe are called where people read them: on pages, in dashboards, alerts and
// commands. Labels, JSON and logs say `clear`, `present` and `unknown` (name_of).
#pragma once

#include "agent/contract/probe.h"

#include <span>
#include <string>
#include <string_view>

namespace cal {

// "cause found", "possible cause", "not the cause" or "could not check".
std::string_view words_for(Verdict verdict, Severity severity);

// Of what is not a cause, such as one item of the evidence: "fault", "ok" or "could not check".
std::string_view words_for(Verdict verdict);

// Of a probe that looks for these causes; if there are none, it finds a fault, not a cause.
std::string_view words_for(const Outcome& outcome, std::span<const Cause> causes);

// "session host licensing", of the key of a probe.
std::string in_words(std::string_view probe);

}  // namespace cal
