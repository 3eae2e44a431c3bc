// Some of a domain's users with their security descriptors: to tell whether licences can be written
// on users, without reading all of them. Protected users are those whose descriptor is a copy of
// the one of AdminSDHolder (MS-ADTS 6.1.1.5.1), or was when they were still protected.
#pragma once

#include "probes/ad/secured_object.h"

#include <string>
#include <vector>

namespace cal::ad {

// Of each sort.
inline constexpr std::size_t max_sampled_users = 20;

struct SampledUser {
  SecuredObject object;
  security::Sid sid;
};

struct UserSample {
  std::string base;               // the DN below which they were looked for
  ObjectClass object_class;       // of users
  SecuredObject template_object;  // AdminSDHolder
  std::vector<SampledUser> ordinary;
  std::vector<SampledUser> protected_ones;
};

// Accounts that are enabled, the same ones each time, from as many containers as can be:
// descriptors differ by container. `base` is a DN, or the beginning of one; empty: the whole
// domain.
ldap::Result<UserSample> sample_users(ldap::Session& session, const Domain& domain,
                                      const std::string& base, Deadline deadline);

}  // namespace cal::ad
