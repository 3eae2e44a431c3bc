// Whose secret a bind sends, in one spelling: what BindGuard knows an account by. Pure.
#pragma once

#include "probes/ldap/settings.h"

#include <string>
#include <vector>

namespace cal::ldap {

struct BindAccount {
  std::string domain;
  std::string name;

  bool operator==(const BindAccount&) const = default;
};

// The account by each of its names; two binds with the same secret are of the same account if they
// share one.
// - First the domain in the user's name ("svc@EX.COM", "EX\\svc", a DN with DC= parts), so that
//   networks that reach it by other servers share it; else the one whose SRV records are asked, or
//   the servers' names. A bind in another domain is another account: what is refused there may work
//   at home.
// - Then the name without its domain at each server, or in the domain of the SRV records: only the
//   directory knows that EX\svc is svc@EX.COM, but the same name with the same secret at the same
//   server is.
std::vector<BindAccount> bind_accounts(const Settings& settings);

}  // namespace cal::ldap
