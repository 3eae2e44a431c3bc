// The state of a Session. Internal to this folder: Directory creates it, Session uses it.
#pragma once

#include "probes/ldap/connection.h"
#include "probes/ldap/session.h"

#include <algorithm>
#include <string>
#include <vector>

namespace cal::ldap {

class Session::Impl {
 public:
  Impl(Connection bound, std::string answered, std::vector<Phase> took)
      : connection(std::move(bound)), uri(std::move(answered)), phases(std::move(took)) {}

  // Charges a kept answer of so many octets to the process's budget, until the session ends: what
  // its user makes of it takes about as much, and lives as long. Only the largest one counts.
  bool keep(std::size_t octets, Deadline deadline) {
    const auto wanted = std::max(kept_octets, 2 * octets);
    if (!kept.add(wanted - kept_octets, deadline)) return false;
    kept_octets = wanted;
    return true;
  }

  AnswerCharge kept{AnswerBudget::of_process()};
  std::size_t kept_octets = 0;
  Connection connection;
  std::string uri;
  std::vector<Phase> phases;
  Entry root_dse{"", {}};
};

}  // namespace cal::ldap
