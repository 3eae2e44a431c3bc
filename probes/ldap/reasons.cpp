#include "probes/ldap/reasons.h"

#include <cstddef>

namespace cal::ldap {

const Reason& reason_of(FaultKind kind) {
  return kind == FaultKind::timeout ? common_reason::timeout
                                    : directory_reasons[static_cast<std::size_t>(kind)];
}

}  // namespace cal::ldap
