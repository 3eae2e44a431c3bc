// The request controls that searches need. Internal to this edge.
#pragma once

#include <ldap.h>

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace cal::ldap {

struct ControlDeleter {
  void operator()(LDAPControl* control) const { ldap_control_free(control); }
};
using Control = std::unique_ptr<LDAPControl, ControlDeleter>;

// Paged results (RFC 2696), not critical: who does not know them returns everything at once.
Control page_control(LDAP* handle, int size, std::string& cookie);

// The parts of a security descriptor to return (MS-ADTS 3.1.1.3.4.1.11), critical: without it the
// answer would be another one.
Control sd_flags_control(int flags);

// The cookie of the next page in a search's result; empty after the last.
std::string next_cookie(LDAP* handle, LDAPMessage* result);

}  // namespace cal::ldap
