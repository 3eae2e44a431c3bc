// Whose secret a bind sends, in one spelling: what BindGuard knows an account by. Pure.
#pragma once

#include "probes/ldap/settings.h"

#include <string>

namespace cal::ldap {

struct BindAccount {
  std::string domain;
  std::string name;

  bool operator==(const BindAccount&) const = default;
};

// The domain is the one in the user's name ("svc@EX.COM", "EX\\svc", a DN with DC= parts), so that
// networks that reach it by other servers share it; else the one whose SRV records are asked, or
// the servers' names. A bind in another domain is another account: what is refused there may work
// at home.
BindAccount bind_account(const Settings& settings);

}  // namespace cal::ldap
