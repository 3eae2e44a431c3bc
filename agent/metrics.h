// The text of /metrics, rendered from the board's rows by prometheus-cpp's core. Pure.
#pragma once

#include "agent/board.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cal {

// What the agent says of itself.
struct AgentState {
  bool last_reload_successful = true;
  std::optional<System> last_reload_success;
  std::string external_url = {};  // empty: not known
};

// The families of the frame: those that every probe has, and the agent's own. The probes' families
// stand in their kinds.
std::span<const MetricFamily* const> frame_families();

// Text format 0.0.4. Families come in a fixed order, rows in the board's; label values are made
// valid UTF-8; of two samples with the same labels the first counts.
std::string render_metrics(const Rows& rows, std::span<const ProbeKind> kinds,
                           const AgentState& agent);

}  // namespace cal
