#include "probes/registry.h"

#include "probes/administrators_membership.h"
#include "probes/directory_permissions.h"
#include "probes/internet_connectivity.h"
#include "probes/network_edges.h"

#include <array>

namespace cal {

Catalogue probe_catalogue() {
  static const std::array kinds{
      administrators_membership::kind(),
      directory_permissions::kind(),
      internet_connectivity::kind(),
  };
  return {kinds, read_network_edges};
}

}  // namespace cal
