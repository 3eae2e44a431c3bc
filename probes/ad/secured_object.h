// An object of the directory with its security descriptor, as an ordinary user can read it.
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
    missing,        // its parent can be listed, and it is not there
    not_visible,    // missing or hidden: whoever may not see an object cannot tell
    no_descriptor,  // the object is seen, its descriptor is not
  };
  State state = State::not_visible;
  std::string dn;
  std::string object_class = {};  // the most specific one
  std::string descriptor = {};    // self-relative, binary
};

// What the schema says of a class of objects; empty where there is none, or it is hidden.
struct ObjectClass {
  std::optional<security::Guid> guid = {};
  std::string default_descriptor = {};  // what new objects get, SDDL
};

ldap::Result<ObjectClass> read_object_class(ldap::Session& session, const std::string& name,
                                            Deadline deadline);

// Of an entry that was read with objectClass and nTSecurityDescriptor.
SecuredObject secured_object_of(const ldap::Entry& entry);

// What follows the first name of a DN.
std::string parent_of(const std::string& dn);

// `name` is a DN, or the beginning of one that the domain's DN completes.
std::string complete_dn(const std::string& name, const Domain& domain);

ldap::Result<SecuredObject> read_secured_object(ldap::Session& session, const std::string& dn,
                                                Deadline deadline);

// Whether the session's server is a read-only domain controller (MS-ADTS 3.1.1.3.4.3,
// LDAP_CAP_ACTIVE_DIRECTORY_PARTIAL_SECRETS_OID).
bool is_read_only(const ldap::Session& session);

}  // namespace cal::ad
