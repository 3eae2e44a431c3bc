#include "probes/directory_permissions/permission_history.h"

#include "agent/base/text.h"
#include "probes/repair/account_change.h"
#include "probes/replication/who_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

namespace cal::directory_permissions {

namespace {

constexpr std::size_t max_objects = 16;
constexpr std::size_t max_shown = 5;

bool inherits_nothing(const std::string& octets) {
  const auto descriptor = security::parse_descriptor(std::as_bytes(std::span(octets)));
  return descriptor && (descriptor->control & security::control::dacl_protected) != 0;
}

}  // namespace

PermissionHistory read_history(ldap::Session& session, const std::vector<DecisiveObject>& objects,
                               const ad::Domain& domain, Deadline deadline) {
  replication::WriteHistory directory(session, deadline.share(2));
  PermissionHistory history;
  std::set<std::string> asked;
  for (const auto& object : objects) {
    for (auto at = object.dn; asked.size() < max_objects && !at.empty(); at = ad::parent_of(at)) {
      if (!asked.insert(folded(at)).second) break;
      auto shown = directory.last_permission_write(at);
      if (shown && shown->write) {
        history.writes.push_back(std::move(*shown->write));
      } else {
        history.not_shown.push_back(at);
      }
      const bool is_last = !shown || shown->descriptor.empty() ||
                           inherits_nothing(shown->descriptor) || folded(at) == folded(domain.dn);
      if (is_last) break;
    }
  }
  std::ranges::stable_sort(history.writes, std::ranges::greater{}, &replication::Write::at);
  return history;
}

std::vector<Evidence> history_evidence(const PermissionHistory& history) {
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

std::vector<actors::Question> who_questions(const PermissionHistory& history) {
  std::vector<actors::Question> questions;
  for (const auto& write : history.writes) {
    if (questions.size() == max_shown) break;
    questions.push_back({fmt::format("the permissions of {} were last changed on {}", write.dn,
                                     replication::text_of(write)),
                         "nTSecurityDescriptor",
                         actors::Effect::changed,
                         {{write.dn, write.object, std::nullopt}},
                         {},
                         write.at,
                         write.on});
  }
  return questions;
}

std::vector<WhoQuery> who_queries(const PermissionHistory& history,
                                  const std::vector<DecisiveObject>& objects,
                                  const std::string& server) {
  std::vector<WhoQuery> queries;
  for (const auto& object : objects) {
    const auto write = std::ranges::find(history.writes, folded(object.dn),
                                         [](const auto& each) { return folded(each.dn); });
    if (write == history.writes.end()) continue;
    if (auto query = replication::find_out_who(*write, repair::host_of(server), object.why)) {
      queries.push_back(std::move(*query));
    }
  }
  return queries;
}

}  // namespace cal::directory_permissions
