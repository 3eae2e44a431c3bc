// What the outcome of a probe says about causes, and since when. Pure.
#pragma once

#include "agent/run/instance.h"

#include <optional>
#include <string_view>
#include <vector>

namespace cal {

// Since when the answer is what it is now.
struct Beginning {
  SystemTime at;
  bool or_earlier = false;  // the first run found it so, or the one before could not check it

  bool operator==(const Beginning&) const = default;
};

// A cause that a probe finds now. Its reason may change meanwhile: it is the same fault. Faults
// whose cause has no name are told apart by the reason.
struct FoundCause {
  Cause cause;
  std::string_view reason;  // empty: the cause has a name
  Beginning since;
};

// The outcome's implications, or what follows from its verdict.
std::vector<Implication> implications_of(const Instance& instance, const Outcome& outcome);

// The causes that the outcome finds now, first that of its reason. Those that were found before
// keep their beginning; the others begin `here`.
std::vector<FoundCause> found_causes(const std::vector<FoundCause>& before,
                                     const Instance& instance, const Outcome& outcome,
                                     Beginning here);

// When that began, of those; empty if it is not among them.
std::optional<Beginning> beginning_of(const std::vector<FoundCause>& found,
                                      const Implication& implied, const Outcome& outcome);

}  // namespace cal
