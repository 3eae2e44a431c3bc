// Cause 4: can SYSTEM read and write the licensing object in the directory, and is it the owner?
// For Remote Desktop: can licenses be written on users? Decided by the access check of Active
// Directory (probes/security). README.md explains it for people.
#pragma once

#include "agent/contract/probe.h"
#include "probes/ad/protecting_groups.h"
#include "probes/ad/secured_object.h"
#include "probes/ad/user_sample.h"
#include "probes/replication/write_history.h"
#include "probes/security/trustee_rights.h"
#include "probes/shared/trustee_options.h"

#include <optional>
#include <string>
#include <vector>

namespace cal::directory_permissions {

using security::Trustee;  // its name is a metric label

struct Settings {
  std::string object = "CN=msWssgConfig,CN=System";
  // The DN below which users are sampled instead of the object; empty text: the whole domain.
  std::optional<std::string> users = std::nullopt;
  std::vector<Trustee> trustees = {system_token(), system_ace()};
  std::optional<security::Sid> owner = security::well_known::local_system;  // none: not checked
};

struct PermissionHistory {
  std::vector<replication::Write> writes = {};  // the newest first
  std::vector<std::string> not_shown = {};      // DNs
};

struct ProtectionOf {
  std::string dn;
  ad::Protection protection;
};

struct Facts {
  std::string server;  // the URI that answered
  bool read_only = false;
  ad::Domain domain;
  ad::SecuredObject object;
  ad::ObjectClass object_class = {};
  std::optional<ad::UserSample> users = std::nullopt;  // instead of the object
  // From its parent to the domain's head, if entries that it inherits deny something.
  std::vector<ad::SecuredObject> ancestors = {};
  // For users that cannot be written on: containers between them and the base, which is the last
  // one; and why protected ones are protected, of the first few.
  std::vector<ad::SecuredObject> containers = {};
  std::vector<ProtectionOf> protections = {};
  std::optional<PermissionHistory> history = {};  // if something is denied
};

ldap::Result<Facts> gather(ldap::Session& session, const Settings& settings, Deadline deadline);

// Pure.
Outcome judge(const Facts& facts, const Settings& settings);

ProbeKind kind();

}  // namespace cal::directory_permissions
