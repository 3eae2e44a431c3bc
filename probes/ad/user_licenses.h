// Remote Desktop licenses of users, counted in the directory: since Windows Server 2008 a license
// server (from 2019 on the session host) writes a per-user license into up to four slots of the
// user's object: msTSExpireDate{,2,3,4} and related attributes (MS-ADA2 2.695 to 2.711).
#pragma once

#include "agent/contract/license_outlook.h"
#include "probes/ldap/session.h"

#include <cstdint>
#include <string>
#include <vector>

namespace cal::ad {

// Licenses with the same version and server. Both texts are as written, made printable; their
// format is not documented.
struct UserLicenseGroup {
  std::string version;
  std::string server;
  std::int64_t in_force = 0;
  std::int64_t expired = 0;
};

struct UserLicenses {
  std::int64_t users = 0;          // with at least one license in force
  std::int64_t expired_users = 0;  // with licenses that have all expired
  std::vector<UserLicenseGroup> groups;
  // Those in force by the week in which they end, from that of `now` on.
  std::vector<std::int64_t> ending = std::vector<std::int64_t>(outlook_weeks);
  std::int64_t undated = 0;  // in force, with an end that is not understood
};

// One license of one user, as written and made printable.
struct UserLicense {
  std::string user;  // the name before Windows 2000, or the DN
  std::string version;
  std::string server;
  std::string expires;
};

// Of every user of the session's domain, the first 100,000.
ldap::Result<std::vector<UserLicense>> list_user_licenses(ldap::Session& session,
                                                          Deadline deadline);

// Reads every user of the session's domain, one at a time. In force: the expiry is after `now`.
ldap::Result<UserLicenses> count_user_licenses(ldap::Session& session, SystemTime now,
                                               Deadline deadline);

}  // namespace cal::ad
