// What the probes that ask the directory have in common: their shared reasons, the outcome of a
// directory that could not be asked, and the timing of a phase.
#pragma once

#include "agent/probe.h"
#include "probes/ldap/fault.h"
#include "probes/ldap/reasons.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace cal {

// A probe's own reasons followed by those that every directory probe has.
template <std::size_t N>
constexpr auto with_directory_reasons(const std::array<Reason, N>& own) {
  std::array<Reason, N + ldap::directory_reasons.size()> all{};
  std::ranges::copy(ldap::directory_reasons, std::ranges::copy(own, all.begin()).out);
  return all;
}

inline Outcome directory_fault_outcome(const ldap::Fault& fault) {
  return {&ldap::reason_of(fault.kind), fault.message};
}

// Adds a phase when it goes out of scope: also when the phase failed half-way.
class PhaseTimer {
 public:
  PhaseTimer(std::vector<Phase>& phases, std::string_view name) : phases_(phases), name_(name) {}
  PhaseTimer(const PhaseTimer&) = delete;
  PhaseTimer& operator=(const PhaseTimer&) = delete;
  ~PhaseTimer() { phases_.push_back({name_, std::chrono::steady_clock::now() - begin_}); }

 private:
  std::vector<Phase>& phases_;
  std::string_view name_;
  Steady begin_ = std::chrono::steady_clock::now();
};

}  // namespace cal
