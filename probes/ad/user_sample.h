// A sample of a domain's users with their security descriptors, to find out whether licenses can be
// written on users without reading all of them. The descriptor of a protected user is a copy of
// AdminSDHolder's (MS-ADTS 6.1.1.5.1), possibly an old one if the user is no longer protected.
#pragma once

#include "probes/ad/secured_object.h"

#include <string>
#include <vector>

namespace cal::ad {

// Of ordinary and of protected users each.
inline constexpr std::size_t max_sampled_users = 20;

struct SampledUser {
  SecuredObject object;
  security::Sid sid;
};

struct UserSample {
  std::string base;               // the DN below which they were searched
  ObjectClass object_class;       // of users
  SecuredObject template_object;  // AdminSDHolder
  std::vector<SampledUser> ordinary;
  std::vector<SampledUser> protected_ones;
};

// Enabled accounts, the same ones each time, from as many containers as possible, because
// descriptors differ by container. `base` is a DN, or the part before the domain's; empty: the
// whole domain.
ldap::Result<UserSample> sample_users(ldap::Session& session, const Domain& domain,
                                      const std::string& base, Deadline deadline);

}  // namespace cal::ad
