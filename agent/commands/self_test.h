// `check --self-test`: tests the rights that the probes need, in place of their runs. Each probe is
// replaced by one whose outcome says which rights are missing, so that timeouts and exit codes are
// those of `check`.
#pragma once

#include "agent/base/terminal.h"
#include "agent/run/board.h"

#include <filesystem>

namespace cal {

// One for each instance, and one for the folder in which probes keep their state.
Instances self_tests(const Instances& instances, const std::filesystem::path& state_folder);

// For people: the rights of each probe; below a missing one, what came back and what grants it.
TerminalText self_test_report(const Rows& rows);

// Summarizes the rights of one probe. Pure.
Outcome rights_outcome(const std::vector<Right>& rights);

}  // namespace cal
