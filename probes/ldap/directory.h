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

  // A bound session. The servers are tried in turn, each with its share of the time left; a bind
  // that was refused ends it, since repeating it elsewhere would help to lock the account. Only a
  // Kerberos exchange may outlast the deadline (the library waits up to 27 s for a dead KDC).
  Result<Session> open(Deadline deadline);

 private:
  Result<Session> open_at(const std::string& uri, Deadline deadline);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cal::ldap
