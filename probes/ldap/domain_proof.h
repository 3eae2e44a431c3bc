// Whether a certificate proves that its holder is a domain controller of a domain. If DNS says
// which servers a domain has, a forged answer can name any host, and any member of the domain can
// have a certificate of the domain's CA with its own name in it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cal::ldap {

// What is missing, for a message; empty: nothing. A certificate proves a domain if it names the
// domain itself, or if it has the purpose KDC Authentication (RFC 4556 3.2.4), which the CA of a
// domain issues to its controllers only, and a name in the domain. `certificate` is DER.
std::optional<std::string> missing_domain_proof(std::string_view certificate,
                                                std::string_view domain);

// The domain of "DOMAIN", "dc._msdcs.DOMAIN" and "SITE._sites.DOMAIN".
std::string domain_of_srv(std::string_view srv);

}  // namespace cal::ldap
