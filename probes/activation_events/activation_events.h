// The symptom: what the licensing providers' events say about the last activations and assignments.
// Follows a log file that comes from the licensing server (probes/winlog). The README in this
// folder is the runbook.
#pragma once

#include "agent/contract/probe.h"
#include "probes/winlog/event_sink.h"
#include "probes/winlog/ledger.h"
#include "probes/winlog/log_file.h"

#include <tl/expected.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace cal::activation_events {

using namespace std::chrono_literals;

enum class Format { evtx, jsonl };

struct Settings {
  Format format = Format::jsonl;
  std::string file;
  // How old the file may be. Empty: its age is not checked, since a shipper writes only when there
  // is an event.
  std::optional<Milliseconds> max_age = std::nullopt;
  winlog::Windows windows = {};
};

struct Facts {
  tl::expected<winlog::LogState, winlog::FileFault> log;
  const winlog::Book* book;  // the state after this reading
  SystemTime now;
  std::string first_line = {};  // what it is, if nothing was understood
  std::string host = {};        // of the agent
};

// Reads new events into the ledger.
Facts gather(winlog::Ledger& ledger, const Settings& settings, SystemTime now, Deadline deadline);

// Pure.
Outcome judge(const Facts& facts, const Settings& settings);

ProbeKind kind();

}  // namespace cal::activation_events
