// Under which names a browser may ask this server. A page of an attacker can make its own name lead
// to our address (DNS rebinding); its requests then carry that name as their Host. Immutable.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

class AllowedHosts {
 public:
  // `names` without ports. `external_url` ("https://cal.example.com/ebs") may be empty; its host is
  // allowed, too.
  AllowedHosts(const std::vector<std::string>& names, std::string_view external_url);

  // The value of a Host header: an IP address or an allowed name, with any port. An address needs
  // no list: no other name leads to it.
  bool allows_host(std::string_view host) const;

  // The value of an Origin header beside that Host: the same host and port, or the external URL's.
  // With `tls` it must be https; without, a proxy may speak TLS in front of us.
  bool allows_origin(std::string_view origin, std::string_view host, bool tls) const;

 private:
  std::set<std::string> names_;  // in lower case, without a dot at the end
  std::string external_origin_;  // "https://cal.example.com"; empty when not known
};

}  // namespace cal
