// What repairs a fault, for a person to run: the agent itself writes nothing. Plain values.
#pragma once

#include "agent/base/clock.h"

#include <optional>
#include <string>
#include <vector>

namespace cal {

// `none`: advice, which a person has to follow without a command.
enum class Shell { none, powershell };

struct RepairStep {
  std::string text;  // what is done, one sentence
  Shell shell = Shell::none;
  // The commands, one a line. Each of the others begins with what `setup` defines.
  std::string setup = {};
  std::string check = {};  // stops if the state is not the one that this step was made for
  std::string command = {};
  std::string check_after = {};
  std::string undo_check = {};  // stops if the state is not the one that this step leaves behind
  std::string undo = {};        // only where it gives back exactly what was there; reads it back
  std::string not_undone = {};  // what the undo does not give back, or why there is none
  std::vector<std::string> beside = {};  // what to know before and after
  // What the probe would find after this step and those before it, by its own judgment of the data
  // with this change: as a sentence, and as the reason. Empty: it cannot be told.
  std::string prediction = {};
  std::string expected = {};
  std::string server = {};      // that the data was read from
  bool is_alternative = false;  // to the step before it: one of them is enough
};

// How a person finds out who made a change. It only reads, so there is nothing to check or to undo.
struct WhoQuery {
  std::string text;  // what is looked for, one sentence
  std::string setup = {};
  std::string command = {};
  std::vector<std::string> beside = {};  // what it needs, and what it cannot show
};

// The body of a function of PowerShell that stops at the first error: the checks and the change, or
// the undo. With -WhatIf it checks and shows the change, and writes nothing: before the change,
// `setup` or the check has set $target, what is changed, and $change, how. script_of() and
// undo_script_of() have the same as a block to be pasted.
std::string lines_of(const RepairStep& step);
std::string undo_lines_of(const RepairStep& step);
std::string lines_of(const WhoQuery& query);

// One block of PowerShell that stops at the first error: the checks and the change, or the undo.
// `step` has a command, or an undo.
std::string script_of(const RepairStep& step);
std::string undo_script_of(const RepairStep& step);
std::string script_of(const WhoQuery& query);

// "on data read at 2026-11-24 02:14 UTC from dc1.ebs.example.com"
std::string basis_text(const RepairStep& step, const std::optional<SystemTime>& read_at);

}  // namespace cal
