// Changes of accounts and of the members of groups, by the cmdlets of Active Directory. Everything
// is named by its SID, on the server that was read. Pure.
#pragma once

#include "agent/contract/repair.h"
#include "probes/security/sid.h"

#include <cstdint>
#include <optional>
#include <string>

namespace cal::repair {

// An account on the server that the data was read from.
struct AccountPlace {
  std::string server;  // the URI that answered
  security::Sid sid;
  std::string name;  // for people
};

// Without `text`, `beside` and the prediction. Empty if the server's name cannot be in a command.
std::optional<RepairStep> enable(const AccountPlace& place, std::uint32_t control);
std::optional<RepairStep> unlock(const AccountPlace& place);
std::optional<RepairStep> expire_later(const AccountPlace& place, std::uint64_t from,
                                       std::uint64_t to);
std::optional<RepairStep> need_no_password_change(const AccountPlace& place);
std::optional<RepairStep> reset_password(const AccountPlace& place);

struct NewMember {
  security::Sid group;
  std::string group_name;     // for people
  bool on_domain_controller;  // it helps only on one: stop anywhere else
  int hours = 0;              // how long; 0: until it is removed
};

// `place` is seen not to be a direct member.
std::optional<RepairStep> add_member(const AccountPlace& place, const NewMember& member);

// The host of "ldaps://dc1.ebs.example.com:636".
std::string host_of(const std::string& server);

}  // namespace cal::repair
