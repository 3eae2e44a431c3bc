#include "probes/ad/timed_membership.h"

#include "agent/base/text.h"
#include "probes/ad/number_of.h"

#include <algorithm>
#include <cstdint>
#include <string>

namespace cal::ad {

ldap::Result<std::optional<bool>> has_timed_membership(ldap::Session& session, Deadline deadline) {
  constexpr int windows_2016 = 7;
  const auto configuration = session.root_dse().first("configurationNamingContext").value_or("");
  const auto forest = session.read("CN=Partitions," + configuration,
                                   {"msDS-Behavior-Version", "msDS-EnabledFeature"}, deadline);
  if (!forest) return tl::unexpected(forest.error());
  const auto level =
      *forest ? number_of<std::int64_t>(**forest, "msDS-Behavior-Version") : std::nullopt;
  if (!level) return std::nullopt;
  const auto& enabled = (*forest)->values("msDS-EnabledFeature");
  return *level >= windows_2016 && std::ranges::any_of(enabled, [](const std::string& dn) {
    return folded(dn).starts_with("cn=privileged access management feature,");
  });
}

}  // namespace cal::ad
