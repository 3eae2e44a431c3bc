// Remote Desktop: would a user who signs in to a session host now get a license, from which server;
// if not, why, and from when? The README in this folder is the runbook.
#pragma once

#include "agent/contract/probe.h"
#include "probes/farm/exports.h"
#include "probes/farm/memory.h"
#include "probes/host_verdict/host_judgment.h"

#include <string>
#include <vector>

namespace cal::session_host_licensing {

struct RosterHost {
  std::string name;
  bool may_be_off = false;  // no export is not a fault
};

struct Settings {
  std::string exports;  // a file or a folder
  std::vector<RosterHost> roster = {};
  std::vector<std::string> retired = {};  // hosts whose exports do not count any more
  Milliseconds max_age = std::chrono::hours(2);
  Milliseconds failure_window = std::chrono::days(1);
};

struct Facts {
  SystemTime now;
  farm::Exports exports;
  farm::Memory memory;    // after these exports
  std::string host = {};  // that the agent runs on, and the exports are on
};

// Reads the exports; the memory is the one before them.
Facts gather(const Settings& settings, farm::Memory memory, Deadline deadline);

// One verdict for each host that sent an export or is on the roster. Pure.
std::vector<HostVerdict> judge_hosts(const Facts& facts, const Settings& settings);

// Of the host of this name, in any case, with or without its domain. Pure.
HostAnswer answer_for(std::string_view host, const Facts& facts, const Settings& settings);

// Pure.
Outcome judge(const Facts& facts, const Settings& settings);

ProbeKind kind();

}  // namespace cal::session_host_licensing
