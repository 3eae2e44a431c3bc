#include "probes/session_host_licensing/host_plan.h"

#include "agent/base/text.h"
#include "probes/farm/versions.h"
#include "probes/host_verdict/hygiene.h"
#include "probes/host_verdict/reasons.h"
#include "probes/session_host_licensing/credential_plan.h"
#include "probes/session_host_licensing/deployment_notes.h"
#include "probes/session_host_licensing/export_plan.h"
#include "probes/session_host_licensing/incompatible.h"
#include "probes/session_host_licensing/mode_plan.h"
#include "probes/session_host_licensing/phrases.h"
#include "probes/session_host_licensing/plan_notes.h"
#include "probes/session_host_licensing/revocation.h"
#include "probes/session_host_licensing/server_plan.h"
#include "probes/session_host_licensing/version_plan.h"
#include "probes/session_host_licensing/way_back.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>

namespace cal::session_host_licensing {

namespace {

using farm::SessionHost;
using Names = std::vector<std::string>;

constexpr std::size_t max_shown = 10;  // hosts in a sentence
constexpr std::size_t max_batches = 10;

bool is_mode_fault(const Reason& why) {
  return &why == &reason("mode_not_set") || &why == &reason("mode_not_set_expired") ||
         &why == &reason("per_user_in_workgroup") || &why == &reason("wrong_cal_kind");
}

bool is_server_fault(const Reason& why) { return &why == &reason("no_license_server"); }

std::string buy_text(const Group& group) {
  return fmt::format(
      "buy {}, and install {} on {}: RD Licensing Manager > right-click the server > Install "
      "Licenses.",
      licenses_needed(group), group.needed == 1 ? "it" : "them", one_or_divided(group));
}

class Planner {
 public:
  Planner(const Facts& facts, const std::vector<Group>& groups,
          const std::function<Outcome(const Facts&)>& judge_again)
      : facts_(facts), groups_(groups), past_(facts), draft_(facts, groups, judge_again) {}

  std::vector<RepairStep> plan() {
    for (const auto& group : groups_) {
      const auto& why = *group.reason;
      if (why.severity == Severity::ok) continue;
      if (why.verdict == Verdict::unknown) {
        // Beside a fault, which comes first, it is not mentioned.
        if (groups_.front().reason->verdict == Verdict::unknown) {
          std::ranges::move(export_plan(group, facts_), std::back_inserter(steps()));
        }
        continue;
      }
      const auto first = steps().size();
      draft_.changes = past_.changes_of(exports_of(group, facts_));
      if (is_mode_fault(why) || is_server_fault(why)) {
        plan_for(group);
      } else if (&why == &reason("device_cals_exhausted")) {
        choose_kind(group);
      } else if (&why == &reason("license_server_incompatible")) {
        std::ranges::move(comparison(group, facts_), std::back_inserter(steps()));
      } else if (&why == &reason("license_server_too_old")) {
        std::ranges::move(version_plan(group, exports_of(group, facts_)),
                          std::back_inserter(steps()));
      } else if (&why == &reason("host_certificate_bad")) {
        std::ranges::move(certificate_plan(group, exports_of(group, facts_), groups_),
                          std::back_inserter(steps()));
      } else if (&why == &reason("workgroup_auth_refused")) {
        std::ranges::move(workgroup_plan(group, exports_of(group, facts_), facts_),
                          std::back_inserter(steps()));
      } else if (!align_deployment(group)) {
        advise_for(group);
      }
      add_facts(group, first);
      put_back(group, first);
      if (group.refuses() && steps().size() > first) {
        steps()[first].beside.push_back(meanwhile_note(group, groups_, facts_.now));
        std::erase(steps()[first].beside, "");
      }
    }
    return std::move(steps());
  }

 private:
  std::vector<RepairStep>& steps() { return draft_.steps; }

  void advise_for(const Group& group) {
    const auto step = step_sentence(group);
    const bool names_hosts = step.find(hosts_of(group)) != step.npos;
    draft_.advise(
        names_hosts ? step : fmt::format("{} It concerns {}.", step, names_of(group, max_shown)));
    for (auto& each : notes_for(group)) draft_.note(std::move(each));
    if (auto other = other_step_sentence(group); !other.empty()) {
      draft_.advise_instead(std::move(other));
      draft_.note(other_note_for(group));
    }
  }

  // What was bought decides. Only then licenses are added, or taken from devices.
  void choose_kind(const Group& group) {
    constexpr std::size_t max_named = 3;
    Names others;
    std::size_t count = 0;
    for (const auto& host : facts_.exports.hosts) {
      if (host.licensing_type != repair::per_user) continue;
      if (++count <= max_named) others.push_back(host.name);
    }
    const bool one = group.hosts.size() == 1;
    draft_.advise(fmt::format(
        "Decide whether {} {} to ask for per-device licenses, as {} now{}. It is a question of "
        "the licenses that were bought, for the person who buys them.",
        hosts_of(group), one ? "is" : "are", one ? "it does" : "they do",
        others.empty() ? ""
                       : fmt::format("; {} {} for per-user ones", list_with_and(others, count),
                                     count == 1 ? "asks" : "ask")));
    const auto first = steps().size();
    const auto batches = batches_of(group);
    if (batches.size() == 1) {
      offer_mode(draft_, batches.begin()->second, repair::per_user);
    }
    draft_.advise(capitalized(buy_text(group)));
    steps().back().is_alternative = steps().size() > first + 1;
    draft_.note(temporary_note(group, facts_));
    if (auto step = revocation(group, facts_)) {
      steps().push_back(std::move(*step));
      steps().back().is_alternative = true;
    }
  }

  // What the reader of the first step has to know about the packs and versions.
  void add_facts(const Group& group, std::size_t first) {
    if (first == steps().size()) return;
    auto notes = facts_for(group, facts_);
    auto& beside = steps()[first].beside;
    beside.insert(beside.begin(), notes.begin(), notes.end());
  }

  // Before anything is bought, set up or given up.
  void put_back(const Group& group, std::size_t first) {
    const auto& changes = draft_.changes;
    auto changed = changes_sentence(changes, facts_.now);
    if (changed.empty() || first == steps().size()) return;
    auto way = way_back(changes, draft_.settled);
    // What another group of hosts shares with this one is put back once.
    for (const auto& each : changes.changes) {
      if (each.of_servers) draft_.settled.push_back(each);
    }
    if (way.text.empty()) {
      auto& beside = steps()[first].beside;
      beside.insert(beside.begin(), std::move(changed));
      return;
    }
    RepairStep step{fmt::format("If what changed was not meant, put it back: {}.", way.text)};
    step.beside.push_back(std::move(changed));
    std::ranges::move(way.notes, std::back_inserter(step.beside));
    const auto begin = steps().begin() + static_cast<std::ptrdiff_t>(first);
    const auto turns = std::ranges::count(begin, steps().end(), false, &RepairStep::is_alternative);
    // The decision comes before all ways.
    const bool has_decision = group.reason == &reason("device_cals_exhausted");
    const auto at = has_decision ? begin + 1 : begin;
    if (turns == (has_decision ? 2 : 1)) {
      at->is_alternative = true;
    } else {
      step.beside.emplace_back(
          "If the next exports show that the hosts get licenses again, the other steps for them "
          "are not needed.");
    }
    steps().insert(at, std::move(step));
  }

  // By what the hosts have now.
  std::map<std::string, Batch> batches_of(const Group& group) const {
    std::map<std::string, Batch> batches;
    for (const auto* host : exports_of(group, facts_)) batches[state_of(*host)].push_back(host);
    return batches;
  }

  // Whether that is all: the deployment gets what the policy says, which wins over it.
  bool align_deployment(const Group& group) {
    const auto batch = exports_of(group, facts_);
    if (group.reason != &reason("configuration_drift") || batch.empty()) return false;
    const auto& host = *batch.front();
    const auto from = deployment_of(host);
    const bool all_alike = std::ranges::all_of(
        batch, [&](const SessionHost* each) { return state_of(*each) == state_of(host); });
    if (!from || !all_alike || policy_drift(host).text.empty()) return false;
    const auto written = policy_drift(host).settings;
    const repair::Deployment to{written.licensing_type.value_or(from->mode),
                                written.servers.value_or(from->servers)};
    auto step = is_mode(to.mode) ? repair::set_deployment(*from, to) : std::nullopt;
    if (!step) return false;
    draft_.add(std::move(step), batch,
               fmt::format("In the deployment of the connection broker of {}, set {}: the policy "
                           "sets that, and it wins.",
                           hosts_of(group), settings_text(written)),
               {deployment_by_hand, last_changed, owned_by_another}, Place::deployment, written);
    if (auto other = without_policy(batch, facts_)) {
      steps().push_back(std::move(*other));
      steps().back().is_alternative = true;
    }
    return true;
  }

  void plan_for(const Group& group) {
    std::size_t count = 0;
    for (const auto& [state, batch] : batches_of(group)) {
      if (++count > max_batches) break;
      if (!batch.front()->policy) {
        draft_.advise(fmt::format(
            "{} What Group Policy and the connection broker set on {} was not read: an "
            "administrator of the session hosts looks there first (`gpresult /scope "
            "computer /h C:\\gpresult.html` on one of them; `Get-RDLicenseConfiguration` "
            "on the broker).",
            step_sentence(group), hosts_text(batch)));
      } else if (is_server_fault(*group.reason)) {
        plan_servers(draft_, batch);
      } else {
        const auto first = steps().size();
        plan_mode(draft_, batch, *group.reason);
        if (group.reason == &reason("wrong_cal_kind") && steps().back().command != "") {
          keep_mode_instead(group, first);
        }
      }
    }
  }

  // Per device is enforced and per user is not: hosts that ask for per-user licenses refuse nobody,
  // and would with the other mode. So it comes after buying, for them.
  void keep_mode_instead(const Group& group, std::size_t first) {
    RepairStep keep{"Keep the licensing mode, " + buy_text(group)};
    if (group.hosts.front()->licensing_type == repair::per_user) {
      steps()[first].is_alternative = true;
      steps().insert(steps().begin() + static_cast<std::ptrdiff_t>(first), std::move(keep));
    } else {
      keep.is_alternative = true;
      steps().push_back(std::move(keep));
    }
  }

  const Facts& facts_;
  const std::vector<Group>& groups_;
  const Past past_;
  PlanDraft draft_;
};

}  // namespace

std::vector<RepairStep> host_plan(const Facts& facts, const std::vector<Group>& groups,
                                  const std::function<Outcome(const Facts&)>& judge_again) {
  return Planner(facts, groups, judge_again).plan();
}

}  // namespace cal::session_host_licensing
