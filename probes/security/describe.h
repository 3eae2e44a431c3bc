// Access control entries and rights in words. Pure.
#pragma once

#include "probes/security/descriptor.h"

#include <string>

namespace cal::security {

// "allow Read property, Write property to NT AUTHORITY\SYSTEM (inherited)".
std::string describe(const Ace& ace);

// "Read property, Write property"; bits without a name are one number.
std::string describe_rights(AccessMask mask);

// The name of a property set (MS-ADTS 3.1.1.2.3.3), otherwise the GUID.
std::string describe_object_type(const Guid& guid);

}  // namespace cal::security
