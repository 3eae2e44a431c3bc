// All values of an attribute of which the server returned only the first range.
#pragma once

#include "probes/ldap/session.h"

#include <string>
#include <vector>

namespace cal::ad {

struct WholeAttribute {
  std::vector<std::string> values;
  std::string cut;  // why some are missing; empty if none is
};

// A server that refuses the other ranges is not a fault: the values are cut.
ldap::Result<WholeAttribute> whole_attribute(ldap::Session& session, const ldap::Entry& entry,
                                             const std::string& attribute, Deadline deadline);

}  // namespace cal::ad
