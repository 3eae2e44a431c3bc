#include "probes/directory_permissions/permission_history.h"

#include "agent/base/text.h"
#include "probes/repair/account_change.h"
#include "probes/replication/who_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace cal::directory_permissions {

namespace {

constexpr std::size_t max_objects = 16;

bool inherits_nothing(const ad::SecuredObject& object) {
  const auto descriptor = security::parse_descriptor(std::as_bytes(std::span(object.descriptor)));
  return descriptor && (descriptor->control & security::control::dacl_protected) != 0;
}

}  // namespace

PermissionHistory read_history(ldap::Session& session, const std::string& dn,
                               const ad::Domain& domain, Deadline deadline) {
  const auto by = deadline.share(2);
  replication::WriteHistory directory(session, by);
  PermissionHistory history;
  auto at = dn;
  for (std::size_t i = 0; i < max_objects && !at.empty(); ++i) {
    const auto object = ad::read_secured_object(session, at, by);
    if (!object) break;
    if (object->state != ad::SecuredObject::State::readable) {
      history.not_shown.push_back(at);
      break;
    }
    if (auto write = directory.last_write(at, "nTSecurityDescriptor")) {
      history.writes.push_back(std::move(*write));
    } else {
      history.not_shown.push_back(at);
    }
    if (inherits_nothing(*object) || folded(at) == folded(domain.dn)) break;
    at = ad::parent_of(at);
  }
  std::ranges::stable_sort(history.writes, std::ranges::greater{}, &replication::Write::at);
  return history;
}

std::vector<Evidence> history_evidence(const PermissionHistory& history) {
  constexpr std::size_t max_shown = 5;
  std::vector<Evidence> evidence;
  for (const auto& write : history.writes) {
    if (evidence.size() == max_shown) break;
    evidence.push_back(
        {std::nullopt, "permissions last changed",
         fmt::format("{}: {}, version {}", write.dn, replication::text_of(write), write.version)});
  }
  if (!history.not_shown.empty()) {
    evidence.push_back({std::nullopt, "permissions last changed",
                        fmt::format("the directory does not show it for {}",
                                    list_of_first({history.not_shown.begin(),
                                                   history.not_shown.begin() +
                                                       static_cast<std::ptrdiff_t>(std::min(
                                                           max_shown, history.not_shown.size()))},
                                                  history.not_shown.size()))});
  }
  return evidence;
}

std::vector<RepairStep> who_steps(const PermissionHistory& history, const std::string& server) {
  if (history.writes.empty()) return {};
  auto step = replication::find_out_who(history.writes.front(), repair::host_of(server));
  if (!step) return {};
  return {std::move(*step)};
}

}  // namespace cal::directory_permissions
