// Can the agent's account read what a probe reads from the directory?
#pragma once

#include "agent/contract/probe.h"
#include "probes/ad/domain.h"
#include "probes/ldap/directory.h"

#include <functional>
#include <string>
#include <vector>

namespace cal {

// A bound session, and the agent's account in the forms that administrators' commands use.
struct BoundAccount {
  ldap::Session& session;
  const ad::Domain& domain;
  std::string name;         // "cal-monitor"
  std::string domain_name;  // "EBS\\cal-monitor"
};

using AskRights = std::function<ldap::Result<std::vector<Right>>(const BoundAccount&, Deadline)>;

// Asks over a session that is bound as this user, with the names of its account.
ldap::Result<std::vector<Right>> ask_as(ldap::Session& session, const std::string& user,
                                        const AskRights& ask, Deadline deadline);

// The right to bind, and those that `ask` tries over the session.
std::vector<Right> directory_rights(ldap::Directory& directory, const AskRights& ask,
                                    Deadline deadline);

}  // namespace cal
