// Finds the license server that a session host's list names. Pure.
#pragma once

#include "probes/farm/license_server.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace cal::farm {

class ServerNames {
 public:
  explicit ServerNames(const std::vector<LicenseServer>& servers);

  // A name of one label, a DNS name or an IP address, as in the list of a host in `domain`. Null:
  // no export of this server, or several servers of that name, not one of them in the host's
  // domain.
  const LicenseServer* find(std::string_view listed,
                            const std::optional<std::string>& domain) const;

 private:
  struct Named {
    const LicenseServer* only = nullptr;                                   // null: several servers
    bool has_dns_name = false;                                             // one of them
    std::unordered_map<std::string, const LicenseServer*> by_domain = {};  // null: several
  };

  void add(std::string name, const LicenseServer& server);

  std::unordered_map<std::string, Named> by_name_;  // in lower case
};

// The first label of a DNS name; an IP address as a whole. "LS1" for "ls1.contoso.test".
std::string short_name(std::string_view name);

}  // namespace cal::farm
