// How somebody sees that a fault is repaired, as its runbook says it. Pure.
#pragma once

#include "agent/pages/runbook_marks.h"

#include <string>
#include <string_view>
#include <vector>

namespace cal {

// One text for each paragraph and item: what "Check:" says below "Resolve" where the heading names
// the reader's reason, and then the section "Verify". Code keeps its backquotes.
std::vector<std::string> verification_of(std::string_view markdown, const RunbookReader& reader);

}  // namespace cal
