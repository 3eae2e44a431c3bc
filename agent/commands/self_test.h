// `check --self-test`: the rights that the probes need, tried out in place of their runs. Each
// probe is replaced by one whose outcome says which of its rights are missing, so that timeouts and
// exit codes are those of `check`.
#pragma once

#include "agent/run/board.h"

#include <filesystem>
#include <string>

namespace cal {

// One for each instance, and one for the folder in which probes keep their state.
Instances self_tests(const Instances& instances, const std::filesystem::path& state_folder);

// For people: each probe's rights, and below a missing one what was seen and what grants it.
std::string self_test_report(const Rows& rows);

// What the rights of one probe come to. Pure.
Outcome rights_outcome(const std::vector<Right>& rights);

}  // namespace cal
