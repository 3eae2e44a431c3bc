#include "probes/session_host_licensing/mode_plan.h"

#include "probes/farm/versions.h"
#include "probes/host_verdict/reasons.h"
#include "probes/host_verdict/stock.h"
#include "probes/session_host_licensing/deployment_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace cal::session_host_licensing {

namespace {

using farm::LicenseKind;
using farm::SessionHost;

LicenseKind kind_of(std::int64_t mode) {
  return mode == repair::per_user ? LicenseKind::user : LicenseKind::device;
}

// A workgroup has no per-user licenses.
bool fits(const SessionHost& host, std::int64_t mode) {
  return mode == repair::per_device || host.domain.value_or("") != "";
}

// Whether a license of this kind for this version of Windows is installed and free.
bool has_free(const Facts& facts, LicenseKind kind, std::int64_t version) {
  return std::ranges::any_of(facts.exports.servers, [&](const farm::LicenseServer& server) {
    return Stock(server, facts.now).supply(kind, version).free > 0;
  });
}

bool is_as_before(const Changes& changes, std::int64_t mode) {
  return changes.common(mode_changed) && changes.before->licensing_type == mode;
}

// What the mode does to users, with the numbers.
std::string about_mode(const SessionHost& host, std::int64_t mode, const Facts& facts) {
  const auto free = free_licenses_text(
      host, host.specified_servers.value_or(std::vector<std::string>{}), kind_of(mode), facts);
  return fmt::format(
      "{}{} Which kind you may use is a question of the licenses that were bought.",
      mode == repair::per_device
          ? "Per device is enforced: each device that connects takes a license, and where none is "
            "free, a new device gets a temporary one for 90 days and is refused after that."
          : "Per user is not enforced: nobody is refused if there are too few licenses, but the "
            "license terms are not kept.",
      free.empty() ? "" : fmt::format(" Such licenses for these hosts. {}.", free));
}

void add_mode(PlanDraft& draft, const Batch& batch, std::int64_t mode, bool is_alternative) {
  const auto& host = *batch.front();
  const auto deployment = deployment_of(host);
  const auto set_by_policy = host.policy->licensing_type;
  const auto words = farm::mode_text(mode);
  const auto* const model = draft.candidates.licensed_with(mode, host);
  const bool as_before = is_as_before(draft.changes, mode);
  if (as_before) draft.settled.push_back(*draft.changes.common(mode_changed));
  const auto text = [&](std::string_view where) {
    return fmt::format(
        "Set the licensing mode to {}{}{}, {}: {}.", words, as_before ? draft.until_text() : "",
        model ? fmt::format(", as on {}", model->name) : "", where, hosts_text(batch));
  };
  const auto about_licenses = about_mode(host, mode, draft.facts);
  if (host.domain == "") {
    draft.add(std::nullopt, batch, text("in the local policy of each of these hosts"),
              {fmt::format(local_policy, "Set the Remote Desktop licensing mode"), about_licenses},
              Place::policy, {mode, std::nullopt});
  } else if (!is_mode(set_by_policy) && deployment) {
    draft.add(repair::set_deployment(*deployment, {mode, deployment->servers}), batch,
              text("in the deployment of the connection broker"),
              {deployment_by_hand, about_licenses, owned_by_another}, Place::deployment,
              {mode, std::nullopt});
  } else {
    draft.add(repair::set_policy_mode(is_mode(set_by_policy) ? set_by_policy : std::nullopt, mode,
                                      names_in(batch)),
              batch, text("by the policy for these hosts"),
              {fmt::format(domain_policy, "Set the Remote Desktop licensing mode"), about_licenses,
               in_policy, is_mode(set_by_policy) ? "" : if_set_already, owned_by_another},
              Place::policy, {mode, std::nullopt});
  }
  draft.steps.back().is_alternative = is_alternative;
}

}  // namespace

void plan_mode(PlanDraft& draft, const Batch& batch, const Reason& why) {
  const auto& host = *batch.front();
  const auto before = draft.steps.size();
  const auto version = farm::version_of_build(host.os_build);
  if (!version) {
    draft.advise(fmt::format(
        "{}: their version of Windows is not known, so it is not known which licenses fit, and "
        "the plan proposes no mode. Update the export script on them; then it does. ({})",
        hosts_text(batch), why.action));
    return;
  }
  const auto by_broker = host.broker ? host.broker->licensing_type : std::nullopt;
  if (!is_mode(host.licensing_type) &&
      draft.is_set_already(batch, "the licensing mode", is_mode(host.policy->licensing_type),
                           is_mode(by_broker))) {
    return;
  }
  // The one that these hosts had comes first, then that of others.
  std::array modes{repair::per_user, repair::per_device};
  std::ranges::stable_sort(modes, std::ranges::greater{}, [&](std::int64_t mode) {
    return std::pair(is_as_before(draft.changes, mode),
                     draft.candidates.licensed_with(mode, host) != nullptr);
  });
  const auto facts_before = draft.edited;
  for (const auto mode : modes) {
    if (!fits(host, mode) || mode == host.licensing_type ||
        !has_free(draft.facts, kind_of(mode), *version)) {
      continue;
    }
    draft.edited = facts_before;
    add_mode(draft, batch, mode, draft.steps.size() > before);
  }
  if (draft.steps.size() > before) return;
  draft.advise(
      fmt::format("{}: no license that would serve these hosts is known to be installed and free, "
                  "so no mode is proposed. The person who buys licenses decides between per user "
                  "and per device; an administrator installs them and then sets the mode.{}",
                  hosts_text(batch),
                  &why == &reason("wrong_cal_kind") ? "" : fmt::format(" ({})", why.action)));
}

void offer_mode(PlanDraft& draft, const Batch& batch, std::int64_t mode) {
  const auto& host = *batch.front();
  const auto version = farm::version_of_build(host.os_build);
  if (host.policy && version && fits(host, mode) &&
      has_free(draft.facts, kind_of(mode), *version)) {
    add_mode(draft, batch, mode, false);
  }
}

}  // namespace cal::session_host_licensing
