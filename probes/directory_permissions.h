// Cause 4: may SYSTEM read and write the licensing object in the directory, and does it own it?
// Decided by the access check of Active Directory (probes/security). The page beside this file says
// it for people.
#pragma once

#include "agent/probe.h"
#include "probes/ldap/directory.h"
#include "probes/ldap/secured_object.h"
#include "probes/security/sid.h"

#include <optional>
#include <string>
#include <vector>

namespace cal::directory_permissions {

// Who is asked about: a token of exactly these SIDs.
struct Trustee {
  std::string name;  // the label of its metrics
  std::vector<security::Sid> token;
  // The property set or attribute that is to be written; none: the object as a whole.
  std::optional<security::Guid> object_type = std::nullopt;
};

// `system_token`: what LocalSystem carries on a domain controller. It decides.
Trustee system_token();
// `system_ace`: S-1-5-18 alone, what the dialog of the reference page shows.
Trustee system_ace();

struct Settings {
  std::string object = "CN=msWssgConfig,CN=System";
  std::vector<Trustee> trustees = {system_token(), system_ace()};
  std::optional<security::Sid> owner = security::well_known::local_system;  // none: not looked at
};

struct Facts {
  std::string server;  // the URI that answered
  bool read_only = false;
  ldap::Domain domain;
  ldap::SecuredObject object;
};

ldap::Result<Facts> gather(ldap::Directory& directory, const Settings& settings, Deadline deadline,
                           std::vector<Phase>& phases);

// Pure.
Outcome judge(const Facts& facts, const Settings& settings);

ProbeKind kind();

}  // namespace cal::directory_permissions
