// Cause 2: is the license pack that is about to be installed already in the installation history,
// or is a pack in it twice? The README in this folder is the runbook. No product key leaves
// gather(): packs are named by the last five characters of their keys.
#pragma once

#include "agent/contract/probe.h"
#include "probes/inventory/license_counts.h"
#include "probes/inventory/pack_history.h"

#include <optional>
#include <string>

namespace cal::pack_already_installed {

struct Settings {
  std::string history_file;
  std::optional<std::string> planned_key_file = std::nullopt;
  std::optional<std::string> inventory_file = std::nullopt;
  Milliseconds max_age = std::chrono::days(1);
};

struct Facts {
  SystemTime now;
  tl::expected<inventory::History, inventory::FileFault> history;
  // Set when `planned_key_file` could not be used.
  std::optional<inventory::FileFault> plan_fault = std::nullopt;
  // Empty if no inventory is configured.
  std::optional<tl::expected<inventory::LicenseCounts, inventory::FileFault>> licenses =
      std::nullopt;
  std::string host = {};  // that the agent runs on, and its files are on
};

// Reads the files. Their age is measured against the current system time.
Facts gather(const Settings& settings);

// Pure.
Outcome judge(const Facts& facts, const Settings& settings);

ProbeKind kind();

}  // namespace cal::pack_already_installed
