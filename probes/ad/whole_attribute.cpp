#include "probes/ad/whole_attribute.h"

namespace cal::ad {

ldap::Result<WholeAttribute> whole_attribute(ldap::Session& session, const ldap::Entry& entry,
                                             const std::string& attribute, Deadline deadline) {
  const auto part = ldap::find_range(entry, attribute);
  if (!part) return WholeAttribute{};
  if (part->last) return WholeAttribute{*part->values, ""};
  auto all = session.all_values(entry.dn(), attribute, deadline);
  if (all) return WholeAttribute{std::move(*all), ""};
  if (all.error().kind != ldap::FaultKind::server_error) {
    return tl::unexpected(std::move(all.error()));
  }
  return WholeAttribute{*part->values, all.error().message};
}

}  // namespace cal::ad
