// The text of /metrics, rendered from the board's rows by prometheus-cpp's core. Pure.
#pragma once

#include "agent/board.h"

#include <cstdint>
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
  std::uint64_t late_starts = 0;
  std::size_t history_bytes = 0;
};

// The families of the frame: those that every probe has, and the agent's own. The probes' families
// stand in their kinds.
std::span<const MetricFamily* const> frame_families();

// Text format 0.0.4. Families come in a fixed order, rows in the board's; label values are made
// valid UTF-8.
std::string render_metrics(const Rows& rows, std::span<const ProbeKind> kinds,
                           const AgentState& agent);

}  // namespace cal
