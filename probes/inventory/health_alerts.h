// The Internet Services alerts of the administration console, exported as CSV or JSON. Columns, in
// any case and order: title (or name, alert), severity (or level), state (or status), raised_at (or
// created, time).
#pragma once

#include "agent/base/clock.h"
#include "probes/inventory/fault.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace cal::inventory {

struct HealthAlert {
  std::string title;     // as exported: for display, never for a label
  std::string severity;  // empty if the export does not give it
  bool open;             // true unless its state says that it is closed
  std::optional<SystemTime> raised_at;
};

struct HealthAlerts {
  std::vector<HealthAlert> alerts;
  SystemTime data_at;
};

// A row without a title is a fault: the file then has other content.
tl::expected<HealthAlerts, FileFault> read_health_alerts(const std::filesystem::path& file);

}  // namespace cal::inventory
