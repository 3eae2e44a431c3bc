#include "probes/registry.h"

#include "probes/activation_events/activation_events.h"
#include "probes/administrators_membership/administrators_membership.h"
#include "probes/directory_permissions/directory_permissions.h"
#include "probes/internet_connectivity/internet_connectivity.h"
#include "probes/license_compliance/license_compliance.h"
#include "probes/pack_already_installed/pack_already_installed.h"
#include "probes/runbooks.h"
#include "probes/session_host_licensing/session_host_licensing.h"
#include "probes/shared/bind_metrics.h"
#include "probes/shared/network_clients.h"

#include <array>

namespace cal {

Registry probe_registry() {
  static const std::array kinds{
      // In the order of Microsoft's page: the causes, the licenses, the symptom.
      administrators_membership::kind(),  // cause 1
      pack_already_installed::kind(),     // cause 2
      internet_connectivity::kind(),      // cause 3
      directory_permissions::kind(),      // cause 4
      license_compliance::kind(),         // licenses
      session_host_licensing::kind(),     // session hosts
      activation_events::kind(),          // the symptom
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
