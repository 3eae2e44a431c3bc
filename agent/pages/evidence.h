// What a probe saw, item by item, and how long each phase of its run took.
#pragma once

#include "agent/contract/verdict_words.h"
#include "agent/pages/html.h"

#include <span>
#include <string_view>
#include <vector>

namespace cal {

// A sign and a word beside the color, so that nobody has to tell colors apart.
Html badge(Tone tone, std::string_view word);

// Empty when there is nothing to show. The evidence is the outcome's, or a part of it; `causes` are
// those that its probe looks for.
Html evidence_list(const std::vector<Evidence>& evidence, const Outcome& outcome,
                   std::span<const Cause> causes);
Html phase_list(const std::vector<Phase>& phases);

}  // namespace cal
