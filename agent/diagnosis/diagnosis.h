// The diagnosis of one network: what most likely stops an activation, made of what its probes
// found. A pure function of the board's rows, so that it can be repeated on a saved report
// (agent/report_reader.h). The contract is the table tests/data/diagnosis/scenarios.yml.
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
  std::string_view probe;  // its kind's name, also that of its runbook
  std::string sentence;
  Strength strength = Strength::weak;
  std::optional<SystemTime> seen_at = std::nullopt;  // empty: it is so now
  std::string first_step = {};  // of the finding itself; empty: the cause's own
};

struct Suspect {
  Cause cause;
  std::vector<Finding> findings;  // never empty; the strongest first, then the newest
  // Where only events speak for it: probes that look for this very cause and find it absent now.
  std::vector<Finding> against;

  Strength strength() const { return findings.front().strength; }
};

struct Diagnosis {
  std::string network;
  std::vector<Suspect> suspects;           // the most likely first
  std::vector<Finding> blind;              // probes of a cause that could not tell
  std::vector<Cause> blind_causes;         // of the reference page, that these look for
  std::vector<std::string_view> not_read;  // other probes that could not tell
  std::vector<Cause> not_configured;       // causes of the reference page without a probe here
  std::string sentence;
  std::string first_step;    // what to do first; empty when there is nothing to do
  std::string_view runbook;  // the probe whose page has the steps; empty when there is none

  // The most likely cause, else `none` or `cannot_tell`: the value of a metric label.
  std::string_view primary() const;
  bool cannot_tell() const;
};

inline constexpr std::string_view no_cause = "none";
inline constexpr std::string_view cannot_tell_cause = "cannot_tell";

// The rows of one network.
Diagnosis diagnose(std::span<const Row> rows);

// One diagnosis per network; the rows of a network stand together.
std::vector<Diagnosis> diagnose_all(const Rows& rows);

}  // namespace cal
