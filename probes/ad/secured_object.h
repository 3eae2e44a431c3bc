// A directory object with its security descriptor, as an ordinary user can read it.
#pragma once

#include "probes/ad/domain.h"
#include "probes/ldap/session.h"
#include "probes/security/guid.h"

#include <optional>
#include <string>
#include <vector>

namespace cal::ad {

struct SecuredObject {
  enum class State {
    readable,       // `descriptor` holds owner, group and DACL
    missing,        // other objects in its container are visible, and it is not
    not_visible,    // missing or hidden; a reader cannot distinguish the two
    no_descriptor,  // the object is visible, its descriptor is not
  };
  State state = State::not_visible;
  std::string dn;
  std::string object_class = {};  // the most specific one
  std::string descriptor = {};    // self-relative, binary
  std::optional<security::Guid> guid = {};
};

// A class of the schema; empty if it does not exist or is hidden.
struct ObjectClass {
  std::optional<security::Guid> guid = {};
  std::string default_descriptor = {};  // of new objects, SDDL
};

ldap::Result<ObjectClass> read_object_class(ldap::Session& session, const std::string& name,
                                            Deadline deadline);

// For an entry that was read with objectClass and nTSecurityDescriptor.
SecuredObject secured_object_of(const ldap::Entry& entry);

// The DN without its first component.
std::string parent_of(const std::string& dn);

// `name` is a DN, or the part of one before the domain's DN, which is then appended.
std::string complete_dn(const std::string& name, const Domain& domain);

ldap::Result<SecuredObject> read_secured_object(ldap::Session& session, const std::string& dn,
                                                Deadline deadline);

// Whether the session's server is a read-only domain controller (MS-ADTS 3.1.1.3.4.3,
// LDAP_CAP_ACTIVE_DIRECTORY_PARTIAL_SECRETS_OID).
bool is_read_only(const ldap::Session& session);

}  // namespace cal::ad
