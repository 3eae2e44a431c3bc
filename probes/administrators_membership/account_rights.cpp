#include "probes/administrators_membership/account_rights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cal::administrators_membership {

using ad::AccountLookup;

// Every account has these attributes; a reader without the right gets none of them.
std::vector<Right> rights_to(const std::string& name, const AccountLookup& found,
                             const BoundAccount& self) {
  Right see{fmt::format("find {} in the directory", name), true};
  if (!found.account) {
    if (found.result == AccountLookup::Result::unusable_name) {
      see.granted.reset();
      see.seen = found.detail;
      return {std::move(see)};
    }
    if (found.result != AccountLookup::Result::not_found) return {};  // of another domain, or none
    see.granted.reset();
    see.seen = fmt::format("searched for {}: it does not exist, or is hidden from the agent",
                           found.detail);
    see.command =
        fmt::format(R"(dsacls "{}" /I:S /G "{}:GR;;user")", self.domain.dn, self.domain_name);
    return {std::move(see)};
  }
  const auto& account = *found.account;
  const auto hidden = ad::hidden_logon_attributes(account);
  return {std::move(see),
          Right{fmt::format("read tokenGroups of {}", name), !account.token_groups.empty(),
                "the attribute was not returned",
                fmt::format("Add-ADGroupMember 'Windows Authorization Access Group' {}", self.name),
                false},
          Right{fmt::format("read the account restrictions of {} (whether it can log on)", name),
                hidden.empty(), fmt::format("not returned: {}", fmt::join(hidden, ", ")),
                fmt::format(R"(dsacls "{}" /G "{}:RP;Account Restrictions")", account.dn,
                            self.domain_name),
                false}};
}

}  // namespace cal::administrators_membership
