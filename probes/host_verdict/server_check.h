// One cell of the matrix: would this license server give this session host a license? The stages
// are taken in order, and the first that is not passed gives the reason. Pure.
#pragma once

#include "agent/contract/probe.h"
#include "probes/farm/memory.h"
#include "probes/farm/server_names.h"
#include "probes/host_verdict/export_gap.h"
#include "probes/host_verdict/stock.h"

namespace cal::session_host_licensing {

enum class Stage { reachable, authorized, activated, version, kind, free, passed };

// What a judgment of hosts knows beside the host.
struct Surroundings {
  SystemTime now;
  Milliseconds max_age;         // of an export
  Milliseconds failure_window;  // how long an event counts
  const farm::ServerNames& servers;
  const std::unordered_map<const farm::LicenseServer*, Stock>& stocks;  // of each of them
  const farm::Memory& memory;
};

struct ServerCheck {
  std::string server;                                 // for people: LS1
  Stage stage = Stage::passed;                        // the first that it does not pass
  const Reason* reason = nullptr;                     // null: it passes all
  std::string text = {};                              // what was found, for people
  std::optional<SystemTime> since = std::nullopt;     // it has not been reached
  std::optional<SystemTime> when = std::nullopt;      // from when users or devices are refused
  std::optional<SystemTime> expiring = std::nullopt;  // a fitting pack ends soon
  std::string over_issued = {};                       // per-user licenses; empty: not
  const farm::LicenseServer* data = nullptr;          // its export
  ExportGap gap = ExportGap::none;
};

// One that is the cause of something.
struct FaultyServer {
  std::string name;
  std::optional<SystemTime> since = std::nullopt;  // it has not been reached
};

// What was found about these servers. Texts that differ only in the name are one: "each of LS1, LS2
// is not activated".
std::string text_of(const std::vector<const ServerCheck*>& checks);

// One for each server of the host's list, in its order.
std::vector<ServerCheck> check_servers(const farm::SessionHost& host, const Surroundings& around);

}  // namespace cal::session_host_licensing
