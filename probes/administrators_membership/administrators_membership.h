// Cause 1: is each account that installs CAL packs a member of Administrators (or of any other
// group), directly or through other groups, and can it log on? For a Remote Desktop license server:
// is it a member of the group that can write users' licenses? README.md explains it for people.
#pragma once

#include "agent/contract/probe.h"
#include "probes/ad/domain.h"
#include "probes/ad/membership.h"
#include "probes/ldap/directory.h"
#include "probes/replication/write_history.h"

#include <optional>
#include <string>
#include <vector>

namespace cal::administrators_membership {

// An account and the group that it must be a member of, as written in the configuration.
struct Requirement {
  std::string account;
  std::string group = "S-1-5-32-544";

  // Whether the group is Terminal Server License Servers (S-1-5-32-561), which can write users'
  // licenses. A server missing from it does not stop an activation: its licenses are not recorded.
  bool is_license_server() const;

  Cause cause() const;  // if it is not met
};

struct Settings {
  std::vector<Requirement> requirements;
  std::string licensing_server = {};  // the account of the computer that packs are installed on
};

// Of a fault: what replication metadata show of when it began.
struct AccountHistory {
  // From the group or one that leads to it, of the account or a group that it is in; the newest
  // first.
  std::vector<replication::Departure> departures = {};
  bool shown = false;     // whether the directory showed any
  bool complete = false;  // whether it showed all that are kept
  // Of the attribute that keeps the account from logging on.
  std::optional<replication::Write> obstacle = {};
};

// What the directory shows for one requirement.
struct AccountFacts {
  Requirement required;
  std::optional<ad::Group> group;  // empty: it does not exist, is hidden, or is not unique
  ad::AccountLookup lookup = {};
  ad::LogonObstacle obstacle = ad::LogonObstacle::none;
  // For an account that was found, or a SID that does not belong to the domain.
  std::optional<ad::Membership> membership = std::nullopt;
  // For an account of another domain:
  std::string foreign_domain = {};  // its DNS name, if known
  std::string needed = {};          // what would be needed to see all of it; empty if all was seen
  std::string doubt = {};           // why even a member may have no rights here, or empty
  // For an account that is not a member: see ad::find_groups_below.
  std::vector<ad::SeenGroup> groups_below = {};
  std::vector<std::string> groups_of_that_name = {};  // DNs, if the group is not unique
  std::optional<AccountHistory> history = {};         // of one with a fault
  // What the server answered instead. It concerns this account only.
  std::optional<ldap::Fault> fault = std::nullopt;
};

struct Facts {
  std::string server;  // the URI that answered
  std::vector<AccountFacts> accounts;
  SystemTime read_at = {};
  ad::Domain domain = {};
  // As configured, if it was looked for (for an account that is not a member) and found.
  std::optional<ad::Account> licensing_server = std::nullopt;
  // Whether a membership can end by itself; empty: not known, or not looked for.
  std::optional<bool> has_timed_membership = std::nullopt;
};

// Queries the directory. Whether an account has expired is decided by the clock at the call.
ldap::Result<Facts> gather(ldap::Session& session, const ldap::Directory& directory,
                           const Settings& settings, Deadline deadline);

// Whether no other account would get an answer either. An error of the server can be about one
// name: it refers to another server, or cannot parse the DN.
bool concerns_all(const ldap::Fault& fault);

// Pure.
Outcome judge(const Facts& facts, const Settings& settings);

ProbeKind kind();

}  // namespace cal::administrators_membership
