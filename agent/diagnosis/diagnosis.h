// The diagnosis of one network: what most likely stops an activation, according to its probes. A
// pure function of the board's rows, so that it can be repeated on a saved report
// (agent/commands/report_json.h). The contract is the table tests/data/diagnosis/scenarios.yml.
#pragma once

#include "agent/contract/cause.h"
#include "agent/run/board.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

// What one probe says for or against a cause.
struct Finding {
  std::string_view probe;  // the name of its kind and of its runbook
  std::string sentence;
  Strength strength = Strength::weak;
  std::optional<SystemTime> seen_at = std::nullopt;  // empty: it is true now
  // Of this finding; empty: that of the cause, as an event knows no more.
  std::string first_step = {};
  std::optional<Beginning> since = std::nullopt;  // of what is true now, if it is known
};

struct Suspect {
  Cause cause;
  std::vector<Finding> findings;  // never empty; the strongest first, then the newest
  // If only events point to the cause: the probes that check it and find it absent now.
  std::vector<Finding> against;

  Strength strength() const { return findings.front().strength; }
};

struct Diagnosis {
  std::string network;
  Profile profile = Profile::ebs;
  std::vector<Suspect> suspects;  // the most likely first
  // Probes whose verdict is unknown, although they check a cause: of ebs one of page_causes.
  std::vector<Finding> blind;
  std::vector<std::string_view> not_read;  // other probes whose verdict is unknown
  std::vector<Cause> blind_causes;         // of ebs: those of page_causes that `blind` checks
  std::vector<Cause> not_configured;       // of ebs: those of page_causes without a probe
  std::string sentence;
  std::string first_step;    // what to do first; empty when there is nothing to do
  std::string impact;        // whom the most likely cause stops, where that is known; else empty
  std::string_view runbook;  // the probe whose runbook has the steps; empty when there is none
  // The beginning of the most likely cause, or of what cannot be told. If only events point to the
  // cause, it `is_past`: when it was last seen.
  std::optional<Beginning> since;
  bool is_past = false;

  // The most likely cause, or `none` or `cannot_tell`: the value of a metric label.
  std::string_view primary() const;
  bool cannot_tell() const;
};

inline constexpr std::string_view no_cause = "none";
inline constexpr std::string_view cannot_tell_cause = "cannot_tell";

// The rows of one network.
Diagnosis diagnose(std::span<const Row> rows);

// One diagnosis per network; the rows of a network must be adjacent.
std::vector<Diagnosis> diagnose_all(const Rows& rows);

}  // namespace cal
