// Cause 1: is each account that installs CAL packs effectively in the Administrators group (or in
// any other group), and could it log on? The page beside this file says it for people.
#pragma once

#include "agent/probe.h"
#include "probes/ldap/membership.h"

#include <optional>
#include <string>
#include <vector>

namespace cal::administrators_membership {

struct Settings {
  std::vector<std::string> accounts;
  std::string group = "S-1-5-32-544";
};

// What was found out about one account.
struct AccountFacts {
  std::string configured;  // as written in the configuration
  ldap::AccountLookup lookup;
  ldap::LogonObstacle obstacle = ldap::LogonObstacle::none;
  // Of an account that was found, or of a foreign SID.
  std::optional<ldap::Membership> membership = std::nullopt;
};

struct Facts {
  std::string server;                // the URI that answered
  std::optional<ldap::Group> group;  // empty: there is none of this name
  std::vector<AccountFacts> accounts;
};

// Asks the directory. Whether an account has expired is decided by this moment's clock.
ldap::Result<Facts> gather(ldap::Session& session, const Settings& settings, Deadline deadline);

// Pure.
Outcome judge(const Facts& facts, const Settings& settings);

ProbeKind kind();

}  // namespace cal::administrators_membership
