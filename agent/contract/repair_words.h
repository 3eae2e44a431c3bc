// A repair plan in words, the same on pages, in the command, its script and the API. Pure.
#pragma once

#include "agent/contract/probe.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

// The register of what was run where is agent/docs/compatibility.md: change both together.
inline constexpr std::string_view run_on_windows =
    "No Windows build has run these commands yet: run each with -WhatIf first, behind its last "
    "brace or its name. It connects, checks and shows the change, and writes nothing.";

inline constexpr std::string_view who_heading = "To find who changed it";
inline constexpr std::string_view who_comes_first =
    "Ask before the repair: it overwrites the time and the domain controller of the change that is "
    "looked for.";

// A probe that names no steps has its action, which a person has to take. Empty: nothing has to be
// repaired.
std::vector<RepairStep> repair_steps(const Outcome& outcome);

bool has_command(const RepairStep& step);

// In which order they are done. Empty if there is one step.
std::string order_text(const std::vector<RepairStep>& steps);

// "After this: … (member); predicted on data read at 2026-11-24 02:14 UTC from dc1, void if it has
// changed since."
// Empty if it cannot be told.
std::string prediction_text(const RepairStep& step, const std::optional<SystemTime>& read_at);

// "Cannot be undone: …", or "Not undone by Undo-1: …" of `undo`. Empty if all is undone.
std::string not_undone_text(const RepairStep& step, std::string_view undo);

}  // namespace cal
