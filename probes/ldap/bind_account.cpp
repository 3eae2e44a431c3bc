#include "probes/ldap/bind_account.h"

#include "agent/base/text.h"
#include "probes/ldap/server.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cal::ldap {

namespace {

std::string without_end_dot(std::string domain) {
  if (domain.ends_with('.')) domain.pop_back();
  return domain;
}

// "CN=svc, DC = ebs" gives "cn=svc" and "dc=ebs". A comma after a backslash is part of a value.
std::vector<std::string> parts_of_dn(std::string_view dn) {
  std::vector<std::string> parts;
  const auto add = [&](std::string_view part) {
    const auto equals = part.find('=');
    if (equals == part.npos) {
      if (auto text = folded(part); !text.empty()) parts.push_back(std::move(text));
    } else {
      parts.push_back(folded(part.substr(0, equals)) + "=" + folded(part.substr(equals + 1)));
    }
  };
  std::size_t begin = 0;
  for (std::size_t at = 0; at < dn.size(); ++at) {
    if (dn[at] == '\\') {
      ++at;
    } else if (dn[at] == ',') {
      add(dn.substr(begin, at - begin));
      begin = at + 1;
    }
  }
  add(dn.substr(begin));
  return parts;
}

// "dc=ebs" and "dc=example" give "ebs.example".
std::string domain_of(const std::vector<std::string>& dn) {
  std::string domain;
  for (const auto& part : dn) {
    constexpr std::string_view key = "dc=";
    if (part.starts_with(key)) domain += (domain.empty() ? "" : ".") + part.substr(key.size());
  }
  return domain;
}

std::string domain_of_servers(const Settings& settings) {
  if (!settings.srv.empty()) return without_end_dot(folded(settings.srv));
  return folded(fmt::format("{}", fmt::join(settings.uris, " ")));
}

struct Written {
  BindAccount account;
  std::string name;  // without the domain; of a DN the first value
};

Written as_written(const Settings& settings) {
  const auto user = folded(settings.bind.user);
  if (user.find('=') != user.npos) {
    const auto parts = parts_of_dn(user);
    const auto domain = domain_of(parts);
    const auto first = parts.empty() ? "" : parts.front().substr(parts.front().find('=') + 1);
    return {{domain.empty() ? domain_of_servers(settings) : domain,
             fmt::format("{}", fmt::join(parts, ","))},
            first};
  }
  if (const auto slash = user.find('\\'); slash != user.npos) {
    const auto name = user.substr(slash + 1);
    return {{user.substr(0, slash), name}, name};
  }
  if (const auto at = user.rfind('@'); at != user.npos) {
    const auto name = user.substr(0, at);
    return {{without_end_dot(user.substr(at + 1)), name}, name};
  }
  return {{domain_of_servers(settings), user}, user};
}

// "dc1.ebs.example.com:636", or the domain of the SRV records.
std::vector<std::string> servers_of_account(const Settings& settings) {
  if (!settings.srv.empty()) return {domain_of_servers(settings)};
  std::vector<std::string> names;
  for (const auto& uri : settings.uris) {
    const auto server = parse_server(uri);
    names.push_back(server ? fmt::format("{}:{}", folded(server->host), server->port)
                           : folded(uri));
  }
  return names;
}

}  // namespace

std::vector<BindAccount> bind_accounts(const Settings& settings) {
  auto [account, name] = as_written(settings);
  if (settings.is_other_domain) account.domain += " in " + domain_of_servers(settings);
  std::vector<BindAccount> accounts{std::move(account)};
  if (name.empty()) return accounts;
  for (const auto& server : servers_of_account(settings)) {
    accounts.push_back({"at " + server, name});
  }
  return accounts;
}

}  // namespace cal::ldap
