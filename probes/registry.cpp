#include "probes/registry.h"

#include "probes/administrators_membership.h"
#include "probes/directory_permissions.h"
#include "probes/network_edges.h"
#include "probes/runbooks.h"

#include <array>

namespace cal {

Catalogue probe_catalogue() {
  static const std::array kinds{
      administrators_membership::kind(),
      directory_permissions::kind(),
  };
  return {kinds, read_network_edges, runbook};
}

}  // namespace cal
