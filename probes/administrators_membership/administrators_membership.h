// Cause 1: is each account that installs CAL packs effectively in the Administrators group (or in
// any other group), and could it log on? Of a Remote Desktop licence server: is it in the group
// that may write users' licences? The page beside this file says it for people.
#pragma once

#include "agent/contract/probe.h"
#include "probes/ad/membership.h"

#include <optional>
#include <string>
#include <vector>

namespace cal::administrators_membership {

// An account and the group that it has to be in, as written in the configuration.
struct Requirement {
  std::string account;
  std::string group = "S-1-5-32-544";

  // Whether the group is that of the Remote Desktop licence servers (S-1-5-32-561), who may write
  // users' licences: who is missing there stops no activation, but the directory is not written.
  bool is_license_server() const;

  bool operator==(const Requirement&) const = default;
};

struct Settings {
  std::vector<Requirement> requirements;
};

// What was found out about one of them.
struct AccountFacts {
  Requirement required;
  std::optional<ad::Group> group;  // empty: there is none of this name
  ad::AccountLookup lookup = {};
  ad::LogonObstacle obstacle = ad::LogonObstacle::none;
  // Of an account that was found, or of a SID that is none of the domain's.
  std::optional<ad::Membership> membership = std::nullopt;
};

struct Facts {
  std::string server;  // the URI that answered
  std::vector<AccountFacts> accounts;
};

// Asks the directory. Whether an account has expired is decided by this moment's clock.
ldap::Result<Facts> gather(ldap::Session& session, const Settings& settings, Deadline deadline);

// Pure.
Outcome judge(const Facts& facts, const Settings& settings);

ProbeKind kind();

}  // namespace cal::administrators_membership
