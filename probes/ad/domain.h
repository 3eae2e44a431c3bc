// The domain that a session is bound to: the names and the SID by which accounts are recognized.
#pragma once

#include "probes/ldap/session.h"
#include "probes/security/sid.h"

#include <string>
#include <vector>

namespace cal::ad {

struct DomainNames {
  std::string dn;            // "DC=ebs,DC=example,DC=com"
  std::string dns_name;      // "ebs.example.com"
  std::string netbios_name;  // "EBS"; empty if not known
};

struct Domain {
  std::string dn;            // "DC=ebs,DC=example,DC=com"
  std::string dns_name;      // "ebs.example.com"
  std::string netbios_name;  // "EBS"
  security::Sid sid;
  std::vector<DomainNames> others = {};  // the forest's other domains
};

ldap::Result<Domain> read_domain(ldap::Session& session, Deadline deadline);

}  // namespace cal::ad
