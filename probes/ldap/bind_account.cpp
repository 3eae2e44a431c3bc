#include "probes/ldap/bind_account.h"

#include "agent/base/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cal::ldap {

namespace {

std::string without_end_dot(std::string domain) {
  if (domain.ends_with('.')) domain.pop_back();
  return domain;
}

// "cn=svc,dc=ebs,dc=example" gives "ebs.example".
std::string domain_in_dn(std::string_view dn) {
  std::string domain;
  while (!dn.empty()) {
    const auto end = std::min(dn.find(','), dn.size());
    const auto part = folded(dn.substr(0, end));
    constexpr std::string_view key = "dc=";
    if (part.starts_with(key)) domain += (domain.empty() ? "" : ".") + part.substr(key.size());
    dn.remove_prefix(std::min(end + 1, dn.size()));
  }
  return domain;
}

std::string domain_of_servers(const Settings& settings) {
  if (!settings.srv.empty()) return without_end_dot(folded(settings.srv));
  return folded(fmt::format("{}", fmt::join(settings.uris, " ")));
}

BindAccount account_in_home(const Settings& settings) {
  const auto user = folded(settings.bind.user);
  if (user.find('=') != user.npos) {
    const auto domain = domain_in_dn(user);
    return {domain.empty() ? domain_of_servers(settings) : domain, user};
  }
  if (const auto slash = user.find('\\'); slash != user.npos) {
    return {user.substr(0, slash), user.substr(slash + 1)};
  }
  if (const auto at = user.rfind('@'); at != user.npos) {
    return {without_end_dot(user.substr(at + 1)), user.substr(0, at)};
  }
  return {domain_of_servers(settings), user};
}

}  // namespace

BindAccount bind_account(const Settings& settings) {
  auto account = account_in_home(settings);
  if (settings.is_other_domain) account.domain += " in " + domain_of_servers(settings);
  return account;
}

}  // namespace cal::ldap
