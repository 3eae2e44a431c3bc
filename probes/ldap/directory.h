// The directory of one network, shared by its probes: opens sessions, and remembers the server that
// answered last to try it first. Thread-safe.
#pragma once

#include "agent/base/clock.h"
#include "probes/ldap/bind_guard.h"
#include "probes/ldap/fault.h"
#include "probes/ldap/session.h"
#include "probes/ldap/settings.h"

#include <memory>
#include <string>

namespace cal::ldap {

class Directory {
 public:
  // Without a guard that others share, it has its own. `network` is for the guard's reports.
  explicit Directory(Settings settings,
                     std::shared_ptr<BindGuard> guard = std::make_shared<BindGuard>(),
                     std::string network = "");
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  const Settings& settings() const;

  // A probe that opens sessions this often: a bind that is refused is repeated once in the shortest
  // of these intervals.
  void opened_every(Milliseconds interval);

  // Opens a bound session. The servers are tried in turn, each with its share of the time left. A
  // refused bind ends the attempt: repeating it on another server could lock the account. Only a
  // Kerberos exchange can exceed the deadline (the library waits up to 27 s for a dead KDC).
  Result<Session> open(Deadline deadline);

  // The directory of another domain, found by its SRV records, with the same account and the same
  // protection. Its refusals hold the account there, not here.
  std::unique_ptr<Directory> of_domain(const std::string& domain) const;

  // The Global Catalog of the server at `uri`, one of this directory's.
  Result<std::unique_ptr<Directory>> global_catalog_of(const std::string& uri) const;

 private:
  std::unique_ptr<Directory> with(Settings settings) const;
  Result<Session> open_at(const std::string& uri, Deadline deadline);
  BindGuard::Attempt attempt_at(const std::string& uri) const;

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cal::ldap
