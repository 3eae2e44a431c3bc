#include "probes/shared/directory_rights.h"

#include "probes/ad/account.h"
#include "probes/ldap/refusal.h"

#include <fmt/format.h>

#include <iterator>

namespace cal {

namespace {

std::string shown(const ldap::BindSettings& bind) {
  return bind.user.empty() ? bind.keytab_file : bind.user;
}

Right right_to_bind(const ldap::BindSettings& bind) {
  return {fmt::format("bind to the directory as {}", shown(bind)), true};
}

// If the server is down, the right is neither granted nor missing.
std::vector<Right> not_bound(const ldap::BindSettings& bind, const ldap::Fault& fault) {
  auto right = right_to_bind(bind);
  right.granted.reset();
  right.seen = fault.message;
  if (fault.kind == ldap::FaultKind::bind_refused) {
    right.granted = false;
    const auto name = ad::parse_principal(bind.user).name;
    if (fault.refusal) right.command = ldap::step_for(*fault.refusal, name);
  }
  return {std::move(right)};
}

}  // namespace

ldap::Result<std::vector<Right>> ask_as(ldap::Session& session, const std::string& user,
                                        const AskRights& ask, Deadline deadline) {
  auto domain = ad::read_domain(session, deadline);
  if (!domain) return tl::unexpected(std::move(domain.error()));
  const auto principal = ad::parse_principal(user);
  auto name = principal.name;
  if (auto own = ad::find_account(session, *domain, principal, deadline); own && own->account) {
    name = own->account->name;
  }
  return ask({session, *domain, name, fmt::format("{}\\{}", domain->netbios_name, name)}, deadline);
}

std::vector<Right> directory_rights(ldap::Directory& directory, const AskRights& ask,
                                    Deadline deadline) {
  const auto& bind = directory.settings().bind;
  auto session = directory.open(deadline);
  if (!session) return not_bound(bind, session.error());
  std::vector<Right> rights{right_to_bind(bind)};
  auto asked = ask_as(*session, bind.user, ask, deadline);
  if (asked) {
    std::ranges::move(*asked, std::back_inserter(rights));
  } else {
    const bool refused = asked.error().kind == ldap::FaultKind::not_permitted;
    rights.push_back({"query the directory", refused ? std::optional(false) : std::nullopt,
                      asked.error().message});
  }
  return rights;
}

}  // namespace cal
