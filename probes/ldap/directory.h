// The directory of one network, shared by its probes: opens sessions, and remembers the server that
// answered last to try it first. Thread-safe.
#pragma once

#include "probes/ldap/fault.h"
#include "probes/ldap/session.h"
#include "probes/ldap/settings.h"

#include <memory>
#include <string>

namespace cal::ldap {

class Directory {
 public:
  explicit Directory(Settings settings);
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  const Settings& settings() const;

  // Opens a bound session. The servers are tried in turn, each with its share of the time left. A
  // refused bind ends the attempt: repeating it on another server could lock the account. Only a
  // Kerberos exchange can exceed the deadline (the library waits up to 27 s for a dead KDC).
  Result<Session> open(Deadline deadline);

 private:
  Result<Session> open_at(const std::string& uri, Deadline deadline);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cal::ldap
