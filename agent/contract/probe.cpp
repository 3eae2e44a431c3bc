#include "agent/contract/probe.h"

namespace cal {

std::string_view action_of(const Outcome& outcome) {
  return outcome.action.empty() ? outcome.reason->action : std::string_view(outcome.action);
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::clear:
      return "clear";
    case Verdict::present:
      return "present";
    case Verdict::unknown:
      return "unknown";
  }
  return "unknown";
}

std::string_view sign_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::clear:
      return "✓";
    case Verdict::present:
      return "✗";
    case Verdict::unknown:
      return "?";
  }
  return "?";
}

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::ok:
      return "ok";
    case Severity::warning:
      return "warning";
    case Severity::critical:
      return "critical";
  }
  return "warning";
}

Severity severity_of(const Outcome& outcome) {
  return outcome.severity.value_or(outcome.reason->severity);
}

std::string_view faulty_object(const Outcome& outcome) {
  return outcome.reason->verdict == Verdict::clear ? std::string_view() : outcome.object;
}

namespace common_reason {

const Reason not_run_yet{"not_run_yet", Verdict::unknown, Severity::warning,
                         "The probe has not run since the agent started.",
                         "Wait for the first run, which starts within 15 seconds."};
const Reason timeout{
    "timeout", Verdict::unknown, Severity::warning, "The run did not end within its timeout.",
    "Find the phase that took longest: the peer it waits for did not answer in time."};
const Reason internal_error{"internal_error", Verdict::unknown, Severity::warning,
                            "An internal error occurred in the agent.",
                            "Report the log line of this run to the project."};

}  // namespace common_reason

}  // namespace cal
