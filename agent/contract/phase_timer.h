// Measures a phase of a run.
#pragma once

#include "agent/contract/probe.h"

#include <chrono>
#include <string_view>
#include <vector>

namespace cal {

// Adds the duration of a phase when it ends, successful or not.
class PhaseTimer {
 public:
  PhaseTimer(std::vector<Phase>& phases, std::string_view name)
      : phases_(phases), name_(name), start_(std::chrono::steady_clock::now()) {}
  PhaseTimer(const PhaseTimer&) = delete;
  PhaseTimer& operator=(const PhaseTimer&) = delete;
  ~PhaseTimer() { phases_.push_back({name_, std::chrono::steady_clock::now() - start_}); }

 private:
  std::vector<Phase>& phases_;
  std::string_view name_;
  SteadyTime start_;
};

}  // namespace cal
