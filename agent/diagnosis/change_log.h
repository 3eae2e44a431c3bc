// The log lines of changes: the reason of a probe, the diagnosis of a network, the system clock.
#pragma once

#include "agent/diagnosis/diagnosis.h"
#include "agent/run/board.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

void log_change(const Change& change);

void log_clock_jump(Milliseconds jump);

// Logs when the most likely cause of a network changes. Not thread-safe.
class DiagnosisLog {
 public:
  // The diagnoses of all networks.
  void note(const std::vector<Diagnosis>& diagnoses);

 private:
  std::map<std::string, std::string_view> primary_of_;
};

}  // namespace cal
