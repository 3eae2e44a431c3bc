#include "probes/ad/whole_attribute.h"

namespace cal::ad {

ldap::Result<WholeAttribute> whole_attribute(ldap::Session& session, const ldap::Entry& entry,
                                             const std::string& attribute, Deadline deadline) {
  const auto part = ldap::find_range(entry, attribute);
  if (!part && part.error() == ldap::NoRange::absent) return WholeAttribute{};
  if (part && part->last) return WholeAttribute{*part->values, ""};
  auto all = session.all_values(entry.dn(), attribute, deadline);
  if (all) return WholeAttribute{std::move(*all), ""};
  if (all.error().kind != ldap::FaultKind::server_error) {
    return tl::unexpected(std::move(all.error()));
  }
  return WholeAttribute{part ? *part->values : std::vector<std::string>{}, all.error().message};
}

}  // namespace cal::ad
