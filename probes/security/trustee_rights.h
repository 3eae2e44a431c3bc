// The access check for one trustee and one object: can it read, write and create children, and
// which properties can it not write. In words, too. Pure.
#pragma once

#include "probes/security/access_check.h"
#include "probes/security/descriptor.h"

#include <optional>
#include <string>
#include <vector>

namespace cal::security {

// Whose rights are checked: a token of exactly these SIDs.
struct Trustee {
  std::string name;
  std::vector<Sid> token;
  // The property set or attribute to read and write; none: the object as a whole.
  std::optional<Guid> object_type = std::nullopt;
};

// An object's descriptor, read once in both forms. The view must not outlive its bytes.
struct SecuredSubject {
  DescriptorView view;
  Descriptor descriptor;
  std::optional<Guid> class_guid;  // the root of the object type tree
  Sid domain;                      // for the aliases in SDDL
};

// A property set or attribute whose writing a deny entry blocks.
struct DeniedProperty {
  Guid type;
  AccessResult result;
};

struct TrusteeRights {
  AccessResult read;    // READ_CONTROL, LIST_CONTENTS, READ_PROPERTY; for a property only the last
  AccessResult write;   // WRITE_PROPERTY
  AccessResult create;  // CREATE_CHILD
  std::vector<DeniedProperty> denied_properties;  // although the object can be written

  bool granted() const {
    return read.decision == Decision::granted && write.decision == Decision::granted;
  }
};

TrusteeRights rights_of(const SecuredSubject& subject, const Trustee& trustee);

// The entry at this position: "(D;;WP;;;SY) deny Write property to NT AUTHORITY\SYSTEM".
std::string entry_text(const SecuredSubject& subject, std::size_t index);

// The entries that decide, or the other reason: "no entry grants Write property".
std::string because_text(const SecuredSubject& subject, const AccessResult& result);

}  // namespace cal::security
