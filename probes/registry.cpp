#include "probes/registry.h"

#include "probes/activation_events/activation_events.h"
#include "probes/administrators_membership/administrators_membership.h"
#include "probes/directory_permissions/directory_permissions.h"
#include "probes/internet_connectivity/internet_connectivity.h"
#include "probes/license_compliance/license_compliance.h"
#include "probes/pack_already_installed/pack_already_installed.h"
#include "probes/runbooks.h"
#include "probes/shared/bind_metrics.h"
#include "probes/shared/network_clients.h"

#include <array>

namespace cal {

Registry probe_registry() {
  static const std::array kinds{
      // In the order of Microsoft's page: the causes, the licenses, the symptom.
      administrators_membership::kind(), pack_already_installed::kind(),
      internet_connectivity::kind(),     directory_permissions::kind(),
      license_compliance::kind(),        activation_events::kind(),
  };
  const auto guard = std::make_shared<ldap::BindGuard>();
  return {.kinds = kinds,
          .read_clients =
              [guard](Options& network, const StateFolder& state) {
                return read_network_clients(network, guard, state);
              },
          .runbook = runbook,
          .network_families = bind_families(),
          .network_samples = [guard] { return bind_samples(*guard); }};
}

}  // namespace cal
