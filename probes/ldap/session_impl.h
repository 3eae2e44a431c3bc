// The state of a Session. Internal to this folder: Directory creates it, Session uses it.
#pragma once

#include "probes/ldap/connection.h"
#include "probes/ldap/session.h"

#include <string>
#include <vector>

namespace cal::ldap {

class Session::Impl {
 public:
  Impl(Connection bound, std::string answered, std::vector<Phase> took)
      : connection(std::move(bound)), uri(std::move(answered)), phases(std::move(took)) {}

  Connection connection;
  std::string uri;
  std::vector<Phase> phases;
  Entry root_dse{"", {}};
};

}  // namespace cal::ldap
