// The trusts of a domain: which domains it lets in, and what it filters.
#pragma once

#include "probes/ad/domain.h"
#include "probes/ldap/session.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cal::ad {

// A trustedDomain object (MS-ADTS 6.1.6.7). An attribute that was not returned is empty.
struct Trust {
  DomainNames partner;
  std::optional<security::Sid> sid;
  std::optional<std::uint32_t> attributes;  // trustAttributes

  bool is_quarantined() const;  // SIDs of other domains than the partner's are removed
  bool is_selective() const;    // needs the right Allowed-To-Authenticate on each computer
};

// Those that the reader may see.
ldap::Result<std::vector<Trust>> read_trusts(ldap::Session& session, const Domain& domain,
                                             Deadline deadline);

// "ebs.example.com" gives "DC=ebs,DC=example,DC=com". Pure.
std::string dn_of_domain(std::string_view dns_name);

}  // namespace cal::ad
