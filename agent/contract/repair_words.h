// A repair plan in words, the same on pages, in the command, its script and the API. Pure.
#pragma once

#include "agent/contract/probe.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

// The register of what was run where is agent/docs/compatibility.md: change both together.
inline constexpr std::string_view run_on_windows =
    "No Windows build has run these commands yet. First try each with -WhatIf: behind the last "
    "brace of a block that you paste, and behind the name of the function in a script. It "
    "connects, checks and shows the change, and writes nothing. Without it, each asks before the "
    "change.";

inline constexpr std::string_view who_heading = "To find who changed it";
inline constexpr std::string_view who_comes_first =
    "Ask before the repair: it overwrites the time and the domain controller of the change that is "
    "looked for.";

// A probe that names no steps has its action, which a person has to take. Empty: nothing has to be
// repaired.
std::vector<RepairStep> repair_steps(const Outcome& outcome);

bool has_command(const RepairStep& step);

// What is done in turn: a step, or several of which one is enough.
std::vector<std::span<const RepairStep>> turns_of(const std::vector<RepairStep>& steps);

inline constexpr std::string_view choose = "Do one of these:";

// The letter of an alternative: "a" of the first one.
std::string letter_of(std::size_t alternative);

// In which order they are done. Empty if one is all that is done.
std::string order_text(const std::vector<RepairStep>& steps);

// "After this: … (member); predicted on data read at 2026-11-24 02:14 UTC from dc1, void if it has
// changed since."
// Empty if it cannot be told.
std::string prediction_text(const RepairStep& step, const std::optional<SystemTime>& read_at);

// "Cannot be undone: …", or "Not undone by Undo-1: …" of `undo`. Empty if all is undone.
std::string not_undone_text(const RepairStep& step, std::string_view undo);

}  // namespace cal
