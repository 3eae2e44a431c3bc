// Cause 4: may SYSTEM read and write the licensing object in the directory, and does it own it?
// Decided by the access check of Active Directory (probes/security). The page beside this file says
// it for people.
#pragma once

#include "agent/probe.h"
#include "probes/ldap/directory.h"
#include "probes/ldap/secured_object.h"
#include "probes/security/trustee_rights.h"
#include "probes/trustee_options.h"

#include <optional>
#include <string>
#include <vector>

namespace cal::directory_permissions {

using security::Trustee;  // its name is a label of its metrics

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
