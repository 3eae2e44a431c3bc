// The request controls that searches need. Internal to this folder.
#pragma once

#include <tl/expected.hpp>

#include <memory>
#include <string>

// libldap's LDAP, LDAPMessage and LDAPControl.
struct ldap;
struct ldapmsg;
struct ldapcontrol;

namespace cal::ldap {

struct FreeControl {
  void operator()(ldapcontrol* control) const;
};
using Control = std::unique_ptr<ldapcontrol, FreeControl>;

// Paged results (RFC 2696), not critical: a server without them returns everything at once.
Control page_control(::ldap* handle, int size, std::string& cookie);

// The parts of a security descriptor to return (MS-ADTS 3.1.1.3.4.1.11). Critical: a server that
// ignored it would give a different answer.
Control sd_flags_control(int flags);

// Values that are DNs come as "<GUID=..>;<SID=S-1-..>;DN" (MS-ADTS 3.1.1.3.4.1.5). Not critical: a
// server that ignores it returns DNs.
Control extended_dn_control();

enum class NoCookie {
  absent,     // the result has no paging control
  malformed,  // the control, or the list of controls, cannot be decoded
};

// The cookie of the next page in a search's result; empty after the last.
tl::expected<std::string, NoCookie> next_cookie(::ldap* handle, ldapmsg* result);

}  // namespace cal::ldap
