// Cause 3: can the Internet be reached, as the activation of a CAL pack requires? A ladder per
// endpoint, from the network interface to the content of the answer. The README in this folder is
// the runbook.
#pragma once

#include "agent/contract/probe.h"
#include "probes/inventory/health_alerts.h"
#include "probes/net/explore.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace cal::internet_connectivity {

enum class Require {
  all,
  any  // of the endpoints of each purpose
};

// Where the agent runs, relative to the licensing server.
enum class Vantage {
  same_egress,  // both reach the Internet the same way, so findings hold for the server, too
  elsewhere
};

struct Settings {
  std::vector<net::Endpoint> endpoints;
  std::vector<std::string> notes = {};  // about the choice of proxies
  Require require = Require::all;
  Vantage vantage = Vantage::elsewhere;
  std::vector<std::string> name_servers = {};
  std::string ca_file = {};  // trusted in addition to the system's CAs; empty: none
  std::optional<std::string> health_alerts_file = std::nullopt;
  Milliseconds max_age = std::chrono::days(1);  // of the alerts
};

struct Facts {
  std::string host;  // that the agent runs on
  net::Exploration found;
  SystemTime now;
  // The console's alerts; empty if no file is configured.
  std::optional<tl::expected<inventory::HealthAlerts, inventory::FileFault>> alerts = std::nullopt;
};

// Tests the endpoints and reads the alerts. The settings must outlive the facts.
Facts gather(const Settings& settings, const net::TrustStore& trust, Deadline deadline);

// Pure.
Outcome judge(const Facts& facts, const Settings& settings);

ProbeKind kind();

}  // namespace cal::internet_connectivity
