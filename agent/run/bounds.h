// How much of a run's result is kept. What a run saw comes from directories, logs and networks and
// may be of any size; pages, reports, logs and histories show only what is left here. Pure.
#pragma once

#include "agent/contract/probe.h"

#include <cstddef>

namespace cal {

inline constexpr std::size_t max_text_bytes = std::size_t{4} * 1024;
inline constexpr std::size_t max_evidence_bytes = std::size_t{64} * 1024;
inline constexpr std::size_t max_implications = 64;
inline constexpr std::size_t max_actors = 64;
inline constexpr std::size_t max_repair_bytes = std::size_t{128} * 1024;

// Cuts long texts at the end of a character, and long lists, and says how much was left out. Keeps
// one sample of each series.
void bound(Outcome& outcome);

}  // namespace cal
