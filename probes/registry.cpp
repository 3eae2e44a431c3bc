#include "probes/registry.h"

#include "probes/activation_events.h"
#include "probes/administrators_membership.h"
#include "probes/directory_permissions.h"
#include "probes/network_edges.h"

#include <array>

namespace cal {

Catalogue probe_catalogue() {
  static const std::array kinds{
      activation_events::kind(),
      administrators_membership::kind(),
      directory_permissions::kind(),
  };
  return {kinds, read_network_edges};
}

}  // namespace cal
