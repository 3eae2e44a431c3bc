// The text of /metrics, rendered from the board's rows. Pure.
#pragma once

#include "agent/diagnosis/diagnosis.h"
#include "agent/metrics/sample_lines.h"
#include "agent/run/board.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

// What the agent reports about itself.
struct AgentState {
  bool last_reload_successful = true;
  std::optional<SystemTime> last_reload_success;
  std::string external_url = {};         // empty: unknown
  std::string_view scheme = {};          // of the pages: http or https; empty: none are served
  std::vector<std::string> paused = {};  // networks
  std::uint64_t late_starts = 0;
  std::size_t history_bytes = 0;
  std::uint64_t failed_handshakes = 0;  // of TLS, by clients
  // Of what the probes of a network share; see Registry.
  std::span<const MetricFamily> network_families = {};
  std::vector<NetworkSample> network_samples = {};
};

// The families of the frame: those that every probe has, and those about the agent. Further
// families of a probe are in its ProbeKind.
std::span<const MetricFamily* const> frame_families();

// Text format 0.0.4. Families have a fixed order, rows have that of the board; label values are
// made valid UTF-8. `diagnoses` are those of the rows. `sample_lines` are those of the last call,
// if any. `append` is called many times, with whole lines.
void write_metrics(const Rows& rows, const std::vector<Diagnosis>& diagnoses,
                   std::span<const ProbeKind> kinds, const AgentState& agent,
                   SampleLines& sample_lines, const std::function<void(std::string_view)>& append);

// The same as one text.
std::string metrics_text(const Rows& rows, std::span<const ProbeKind> kinds,
                         const AgentState& agent);

}  // namespace cal
