// What is shown about an account that cannot do its work. A table.
#pragma once

#include "agent/contract/probe.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace cal::administrators_membership {

// What is wrong with an account, and what to do about it: "EBS\\dave is disabled: enable it".
struct Obstacle {
  std::string_view reason;
  std::string_view what;
  std::string_view step;
  bool another_helps = false;  // another account can install the pack instead
};

inline constexpr std::array obstacles{
    Obstacle{"account_not_found", "does not exist or is hidden from the agent's account",
             "correct the name, or grant the agent's account read access"},
    Obstacle{"account_disabled", "is disabled", "enable it", true},
    Obstacle{"account_expired", "has expired", "set a later expiration date", true},
    Obstacle{"account_locked", "is locked out after failed logons",
             "find the source of the wrong password, then unlock it"},
    Obstacle{"password_expired", "has a password that has expired or must be changed at next logon",
             "log on with it and change the password"},
    Obstacle{"membership_not_seen", "may be a member, but not all of its groups were seen",
             "grant the agent's account what the evidence names"},
    Obstacle{"logon_not_seen", "is a member, but whether it can log on was not seen",
             "grant the agent's account what the evidence names"},
    Obstacle{"other_domain", "belongs to another domain", "see the evidence for what is needed"},
};

// `why` is in the table.
inline const Obstacle& obstacle_of(const Reason& why) {
  return *std::ranges::find(obstacles, why.word, &Obstacle::reason);
}

}  // namespace cal::administrators_membership
