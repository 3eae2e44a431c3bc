// The other domains of a session's forest, and those that its domain trusts: finds their accounts
// in the Global Catalog of the session's own server or, where the settings allow a bind there, in
// their own domain. For one run; sessions are opened when they are first needed.
#pragma once

#include "probes/ad/account.h"
#include "probes/ad/domain.h"
#include "probes/ad/trust.h"
#include "probes/ldap/directory.h"
#include "probes/ldap/session.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cal::ad {

struct OtherDomain {
  DomainNames names;
  std::optional<security::Sid> sid;
  bool is_in_forest = false;
  std::optional<Trust>
      trust;  // the one with the session's domain, if there is one and it is visible
};

// An account of another domain, as far as it can be seen from here.
struct ForeignAccount {
  AccountLookup lookup;
  OtherDomain domain;
  // The SIDs of its groups that count in every domain: universal groups, and the global groups of
  // its own domain. Built-in groups are not among them: their SIDs are equal in every domain.
  std::vector<security::Sid> groups;
  // What would be needed to see the account and all of its groups; empty if all was seen.
  std::string needed;

  // Whether no other server has to be asked.
  bool is_settled() const {
    return lookup.account || lookup.result == AccountLookup::Result::unusable_name;
  }
};

class Forest {
 public:
  Forest(const ldap::Directory& directory, ldap::Session& session, const Domain& domain)
      : directory_(directory), home_(session), domain_(domain) {}

  // For a name that is not in the session's domain. Faults of other servers are in `needed`; only
  // one of the session's own is returned.
  ldap::Result<ForeignAccount> find(const PrincipalName& name, Deadline deadline);

 private:
  // A session, or why there is none.
  struct Reached {
    std::optional<ldap::Session> session;
    Domain domain;  // of another domain's session
    std::string fault;
  };

  ldap::Result<void> learn_domains(Deadline deadline);
  const OtherDomain* locate(const PrincipalName& name) const;
  const OtherDomain* domain_of_dn(std::string_view dn) const;
  bool allows(const OtherDomain& other) const;
  std::string why_not_allowed(const OtherDomain& other) const;

  Reached& global_catalog(Deadline deadline);
  Reached& session_of(const OtherDomain& other, Deadline deadline);

  // Through `session_of`; empty if the account is not there.
  std::optional<ForeignAccount> find_at_home(const PrincipalName& name, const OtherDomain& other,
                                             Deadline deadline);
  // In the Global Catalog.
  struct InCatalog {
    std::string dn;        // empty: not found
    bool is_sure = false;  // not found, and it would be if it existed
    std::string fault;     // why the Global Catalog could not be asked
  };
  InCatalog look_in_catalog(const PrincipalName& name, const OtherDomain* target,
                            Deadline deadline);
  ForeignAccount read_in_catalog(const std::string& dn, const OtherDomain& other,
                                 Deadline deadline);

  const ldap::Directory& directory_;
  ldap::Session& home_;
  const Domain& domain_;
  std::optional<std::vector<OtherDomain>> others_;
  std::vector<std::string> upn_suffixes_;  // of the forest, beside its domains' names
  std::optional<Reached> catalog_;
  std::map<std::string, Reached> sessions_;  // by DNS name
};

}  // namespace cal::ad
