// What the access check says of one trustee and one object: may it read, write, create children,
// and which properties may it not write. With the words for people. Pure.
#pragma once

#include "probes/security/access_check.h"
#include "probes/security/descriptor.h"

#include <optional>
#include <string>
#include <vector>

namespace cal::security {

// Who is asked about: a token of exactly these SIDs.
struct Trustee {
  std::string name;
  std::vector<Sid> token;
  // The property set or attribute that is to be read and written; none: the object as a whole.
  std::optional<Guid> object_type = std::nullopt;
};

// An object's descriptor, read once in both forms. The view must not outlive its bytes.
struct SecuredSubject {
  DescriptorView view;
  Descriptor descriptor;
  std::optional<Guid> class_guid;  // the root of the object type tree
  Sid domain;                      // for the aliases in SDDL
};

// A property set or attribute that a deny entry keeps from being written.
struct DeniedProperty {
  Guid type;
  AccessResult result;
};

struct TrusteeRights {
  AccessResult read;    // READ_CONTROL, LIST_CONTENTS, READ_PROPERTY; of a property the last alone
  AccessResult write;   // WRITE_PROPERTY
  AccessResult create;  // CREATE_CHILD
  std::vector<DeniedProperty> denied_properties;  // although the object may be written

  bool granted() const {
    return read.decision == Decision::granted && write.decision == Decision::granted;
  }
};

TrusteeRights rights_of(const SecuredSubject& subject, const Trustee& trustee);

// "(D;;WP;;;SY) deny Write property to NT AUTHORITY\SYSTEM": the entry at this position.
std::string entry_text(const SecuredSubject& subject, std::size_t index);

// The entries that decide, or what else does: "no entry grants Write property".
std::string because_text(const SecuredSubject& subject, const AccessResult& result);

}  // namespace cal::security
