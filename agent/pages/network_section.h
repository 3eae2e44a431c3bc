// One network on the status page: the diagnosis with the first step, a line for each probe, and the
// licenses. What is wrong is unfolded; what is in order is a line that unfolds. Pure.
#pragma once

#include "agent/contract/verdict_words.h"
#include "agent/diagnosis/diagnosis.h"
#include "agent/pages/html.h"
#include "agent/run/board.h"

#include <span>
#include <string>
#include <vector>

namespace cal {

struct NetworkRows {
  Diagnosis diagnosis;
  std::span<const Row> rows;
};

// `rows` has to outlive the result.
std::vector<NetworkRows> networks_of(const Rows& rows);

// Bad if a cause is likely, possible if it is only possible, unknown if the agent cannot tell,
// otherwise good.
Tone tone_of(const Diagnosis& diagnosis);

// The answer of a diagnosis in a few words: "likely cause", "cannot tell", "no cause found".
std::string answer_of(const Diagnosis& diagnosis);

// For sorting: the most certain cause first, what is unknown before what is clear.
int rank_of(const Diagnosis& diagnosis);

Html network_section(const Links& links, const NetworkRows& network, SystemTime now);

}  // namespace cal
