#include "probes/session_host_licensing/host_plan.h"

#include "agent/base/text.h"
#include "probes/farm/server_names.h"
#include "probes/farm/versions.h"
#include "probes/repair/host_change.h"
#include "probes/session_host_licensing/candidates.h"
#include "probes/session_host_licensing/changes.h"
#include "probes/session_host_licensing/deployment_notes.h"
#include "probes/session_host_licensing/export_plan.h"
#include "probes/session_host_licensing/host_settings.h"
#include "probes/session_host_licensing/hygiene.h"
#include "probes/session_host_licensing/incompatible.h"
#include "probes/session_host_licensing/phrases.h"
#include "probes/session_host_licensing/plan_notes.h"
#include "probes/session_host_licensing/reasons.h"
#include "probes/session_host_licensing/revocation.h"
#include "probes/session_host_licensing/stock.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace cal::session_host_licensing {

namespace {

using farm::LicenseKind;
using farm::SessionHost;
using Names = std::vector<std::string>;

constexpr std::size_t max_shown = 10;  // hosts in a sentence
constexpr std::size_t max_batches = 10;
constexpr std::size_t max_servers = 3;  // in a new list

bool is_mode_fault(const Reason& why) {
  return &why == &reason("mode_not_set") || &why == &reason("mode_not_set_expired") ||
         &why == &reason("per_user_in_workgroup") || &why == &reason("wrong_cal_kind");
}

bool is_server_fault(const Reason& why) { return &why == &reason("no_license_server"); }

class Planner {
 public:
  Planner(const Facts& facts, const std::vector<Group>& groups,
          const std::function<Outcome(const Facts&)>& judge_again)
      : facts_(facts),
        groups_(groups),
        candidates_(facts.exports, groups),
        past_(facts),
        edited_(facts),
        judge_again_(judge_again) {}

  std::vector<RepairStep> plan() {
    for (const auto& group : groups_) {
      const auto& why = *group.reason;
      if (why.severity == Severity::ok) continue;
      if (why.verdict == Verdict::unknown) {
        // Beside a fault, which comes first, nothing is said of it.
        if (groups_.front().reason->verdict == Verdict::unknown) {
          std::ranges::move(export_plan(group, facts_), std::back_inserter(steps_));
        }
        continue;
      }
      const auto first = steps_.size();
      changes_ = past_.changes_of(exports_of(group));
      if (is_mode_fault(why) || is_server_fault(why)) {
        plan_for(group);
      } else if (&why == &reason("device_cals_exhausted")) {
        choose_kind(group);
      } else if (&why == &reason("license_server_incompatible")) {
        std::ranges::move(comparison(group, groups_, facts_), std::back_inserter(steps_));
      } else if (!align_deployment(group)) {
        advise_for(group);
      }
      add_facts(group, first);
      put_back(group, first);
      if (group.refuses() && steps_.size() > first) {
        steps_[first].beside.push_back(meanwhile_note(groups_, facts_.now));
        std::erase(steps_[first].beside, "");
      }
    }
    return std::move(steps_);
  }

 private:
  void advise(std::string text) { steps_.push_back({std::move(text)}); }

  void advise_instead(std::string text) {
    advise(std::move(text));
    steps_.back().is_alternative = true;
  }

  void note(std::string text) {
    if (!text.empty()) steps_.back().beside.push_back(std::move(text));
  }

  void advise_for(const Group& group) {
    const auto step = step_sentence(group);
    const bool names_hosts = step.find(hosts_of(group)) != step.npos;
    advise(names_hosts ? step
                       : fmt::format("{} It concerns {}.", step, names_of(group, max_shown)));
    for (auto& each : notes_for(group)) note(std::move(each));
    if (auto other = other_step_sentence(group); !other.empty()) {
      advise_instead(std::move(other));
      note(other_note_for(group));
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
    advise(fmt::format(
        "Decide whether {} {} to ask for per-device licenses, as {} now{}. It is a question of "
        "the licenses that were bought, for the person who buys them.",
        hosts_of(group), one ? "is" : "are", one ? "it does" : "they do",
        others.empty() ? ""
                       : fmt::format("; {} {} for per-user ones", list_with_and(others, count),
                                     count == 1 ? "asks" : "ask")));
    const auto first = steps_.size();
    std::map<std::string, Batch> batches;
    for (const auto* host : exports_of(group)) batches[state_of(*host)].push_back(host);
    if (batches.size() == 1) offer_mode(batches.begin()->second, repair::per_user, first);
    advise(capitalized(buy_text(group)));
    steps_.back().is_alternative = steps_.size() > first + 1;
    note(temporary_note(group, facts_));
    if (auto step = revocation(group, facts_)) {
      steps_.push_back(std::move(*step));
      steps_.back().is_alternative = true;
    }
  }

  static std::string buy_text(const Group& group) {
    return fmt::format(
        "buy {}, and install them on {}: RD Licensing Manager > right-click the server > Install "
        "Licenses.",
        licenses_needed(group), servers_of(group));
  }

  // If Group Policy and the broker were read, and such licenses are free.
  void offer_mode(const Batch& batch, std::int64_t mode, std::size_t first) {
    const auto& host = *batch.front();
    const auto version = farm::version_of_build(host.os_build);
    const auto wanted = mode == repair::per_user ? LicenseKind::user : LicenseKind::device;
    const bool fits = mode == repair::per_device || host.domain.value_or("") != "";
    if (host.policy && version && fits && has_free(wanted, *version)) {
      add_mode(batch, mode, steps_.size() > first);
    }
  }

  // What the reader of the first step has to know about the packs and versions.
  void add_facts(const Group& group, std::size_t first) {
    if (first == steps_.size()) return;
    auto notes = facts_for(group, facts_);
    auto& beside = steps_[first].beside;
    beside.insert(beside.begin(), notes.begin(), notes.end());
  }

  // Before anything is bought, set up or given up.
  void put_back(const Group& group, std::size_t first) {
    auto changed = changes_sentence(changes_, facts_.now);
    if (changed.empty() || first == steps_.size()) return;
    const auto way = put_back_text(changes_, settled_);
    // What another group of hosts shares with this one is put back once.
    for (const auto& each : changes_.changes) {
      if (each.of_servers) settled_.push_back(each);
    }
    if (way.empty()) {
      auto& beside = steps_[first].beside;
      beside.insert(beside.begin(), std::move(changed));
      return;
    }
    RepairStep step{fmt::format("If what changed was not meant, put it back: {}.", way)};
    step.beside.push_back(std::move(changed));
    if (changes_.has(mode_changed) || changes_.has(list_changed)) {
      step.beside.emplace_back(see_where_it_is_set);
    }
    const auto begin = steps_.begin() + static_cast<std::ptrdiff_t>(first);
    const auto turns = std::ranges::count(begin, steps_.end(), false, &RepairStep::is_alternative);
    // The decision comes before all ways.
    const bool has_decision = group.reason == &reason("device_cals_exhausted");
    const auto at = has_decision ? begin + 1 : begin;
    if (turns == (has_decision ? 2 : 1)) {
      at->is_alternative = true;
    } else {
      step.beside.emplace_back(
          "If the next exports show that the hosts get licenses again, the other steps for them "
          "are "
          "not needed.");
    }
    steps_.insert(at, std::move(step));
  }

  bool is_as_before(std::int64_t mode) const {
    return changes_.common(mode_changed) && changes_.before->licensing_type == mode;
  }

  std::string until_text() const {
    return fmt::format(", as it was until {}", short_time_text(*changes_.licensed_at, facts_.now));
  }

  // Whether it is: then the hosts do not have what they should, and setting it again is no help.
  bool is_set_already(const Batch& batch, std::string_view what, bool by_policy, bool by_broker) {
    if (by_policy) {
      advise(fmt::format(
          "{}: a policy sets {}, but Windows has none. On each, run gpupdate /target:computer, "
          "then see with `gpresult /scope computer /h C:\\gpresult.html` whether the policy object "
          "is "
          "still applied.",
          hosts_text(batch), what));
    } else if (by_broker) {
      advise(fmt::format(
          "{}: the connection broker sets {}, but Windows has none. See in Server Manager (Remote "
          "Desktop Services, Collections) whether they are still in this deployment.",
          hosts_text(batch), what));
    }
    return by_policy || by_broker;
  }

  Batch exports_of(const Group& group) const {
    Batch batch;
    for (const auto* verdict : group.hosts) {
      const auto host = std::ranges::find_if(facts_.exports.hosts, [&](const SessionHost& each) {
        return each.name == verdict->host && dns_name_of(each) == verdict->dns_name;
      });
      if (host != facts_.exports.hosts.end()) batch.push_back(&*host);
    }
    return batch;
  }

  // Whether that is all: the deployment gets what the policy says, which wins over it.
  bool align_deployment(const Group& group) {
    const auto batch = exports_of(group);
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
    add(std::move(step), batch,
        fmt::format("In the deployment of the connection broker of {}, set what the policy sets, "
                    "which wins: {}.",
                    hosts_of(group), settings_text(written)),
        {deployment_by_hand, last_changed, owned_by_another}, Place::deployment, written);
    if (auto other = without_policy(batch, facts_)) {
      steps_.push_back(std::move(*other));
      steps_.back().is_alternative = true;
    }
    return true;
  }

  void plan_for(const Group& group) {
    std::map<std::string, Batch> batches;  // by what the hosts have now
    for (const auto* host : exports_of(group)) batches[state_of(*host)].push_back(host);
    std::size_t count = 0;
    for (const auto& [state, batch] : batches) {
      if (++count > max_batches) break;
      if (!batch.front()->policy) {
        advise(fmt::format(
            "{} What Group Policy and the connection broker set on {} was not read: an "
            "administrator of the session hosts looks there first (`gpresult /scope "
            "computer /h C:\\gpresult.html` on one of them; `Get-RDLicenseConfiguration` "
            "on the broker).",
            step_sentence(group), hosts_text(batch)));
      } else if (is_server_fault(*group.reason)) {
        set_servers(batch);
      } else {
        set_mode(batch, *group.reason);
        if (group.reason == &reason("wrong_cal_kind") && steps_.back().command != "") {
          advise_instead("Keep the licensing mode, " + buy_text(group));
        }
      }
    }
  }

  static std::string hosts_text(const Batch& batch) {
    Names names;
    for (const auto* host : batch) {
      if (names.size() < max_shown) names.push_back(host->name);
    }
    return list_with_and(names, batch.size());
  }

  // Whether a license of this kind for this version of Windows is installed and free.
  bool has_free(LicenseKind kind, std::int64_t version) const {
    return std::ranges::any_of(facts_.exports.servers, [&](const farm::LicenseServer& server) {
      return Stock(server, facts_.now).supply(kind, version).free > 0;
    });
  }

  // The mode is a question of the licenses that were bought: only what is installed and free.
  void set_mode(const Batch& batch, const Reason& why) {
    const auto& host = *batch.front();
    const auto before = steps_.size();
    const auto version = farm::version_of_build(host.os_build);
    if (!version) {
      advise(fmt::format(
          "{}: their version of Windows is not known, so it is not known which licenses fit, and "
          "the plan proposes no mode. Update the export script on them; then it does. ({})",
          hosts_text(batch), why.action));
      return;
    }
    const auto by_broker = host.broker ? host.broker->licensing_type : std::nullopt;
    if (!is_mode(host.licensing_type) &&
        is_set_already(batch, "the licensing mode", is_mode(host.policy->licensing_type),
                       is_mode(by_broker))) {
      return;
    }
    // The one that these hosts had comes first, then that of others.
    std::array modes{repair::per_user, repair::per_device};
    std::ranges::stable_sort(modes, std::ranges::greater{}, [&](std::int64_t mode) {
      return std::pair(is_as_before(mode), candidates_.licensed_with(mode, host) != nullptr);
    });
    const auto facts_before = edited_;
    for (const auto mode : modes) {
      const auto kind = mode == repair::per_user ? LicenseKind::user : LicenseKind::device;
      const bool fits = mode == repair::per_device || host.domain.value_or("") != "";
      if (!fits || mode == host.licensing_type || !has_free(kind, *version)) continue;
      edited_ = facts_before;
      add_mode(batch, mode, steps_.size() > before);
    }
    if (steps_.size() > before) return;
    advise(fmt::format(
        "{}: no license that would serve these hosts is known to be installed and free, "
        "so no mode is proposed. The person who buys licenses decides between per user "
        "and per device; an administrator installs them and then sets the mode.{}",
        hosts_text(batch),
        &why == &reason("wrong_cal_kind") ? "" : fmt::format(" ({})", why.action)));
  }

  void add_mode(const Batch& batch, std::int64_t mode, bool is_alternative) {
    const auto& host = *batch.front();
    const auto deployment = deployment_of(host);
    const auto set_by_policy = host.policy->licensing_type;
    const auto words = farm::mode_text(mode);
    const auto* const model = candidates_.licensed_with(mode, host);
    const bool as_before = is_as_before(mode);
    if (as_before) settled_.push_back(*changes_.common(mode_changed));
    const auto text = [&](std::string_view where) {
      return fmt::format(
          "Set the licensing mode to {}{}{}, {}: {}.", words, as_before ? until_text() : "",
          model ? fmt::format(", as on {}", model->name) : "", where, hosts_text(batch));
    };
    const auto about_licenses = fmt::format(
        "Licenses {} are installed and free. Which kind you may use is a question of the licenses "
        "that were bought.",
        words);
    if (host.domain == "") {
      add(std::nullopt, batch, text("in the local policy of each of these hosts"),
          {fmt::format(local_policy, "Set the Remote Desktop licensing mode"), about_licenses},
          Place::policy, {mode, std::nullopt});
    } else if (!is_mode(set_by_policy) && deployment) {
      add(repair::set_deployment(*deployment, {mode, deployment->servers}), batch,
          text("in the deployment of the connection broker"),
          {deployment_by_hand, about_licenses, owned_by_another}, Place::deployment,
          {mode, std::nullopt});
    } else {
      add(repair::set_policy_mode(is_mode(set_by_policy) ? set_by_policy : std::nullopt, mode,
                                  names_in(batch)),
          batch, text("by the policy for these hosts"),
          {fmt::format(domain_policy, "Set the Remote Desktop licensing mode"), about_licenses,
           in_policy, owned_by_another},
          Place::policy, {mode, std::nullopt});
    }
    steps_.back().is_alternative = is_alternative;
  }

  // As other hosts list it, so that the farm has one name for it.
  std::string listed_name(const farm::LicenseServer& server) const {
    const auto wanted = farm::short_name(server.name);
    for (const auto& host : facts_.exports.hosts) {
      for (const auto& name : host.specified_servers.value_or(Names{})) {
        if (farm::short_name(name) == wanted) return name;
      }
    }
    return server.dns_name.empty() ? server.name : server.dns_name;
  }

  bool are_activated(const Names& names) const {
    return std::ranges::all_of(names, [&](const std::string& name) {
      return std::ranges::any_of(facts_.exports.servers, [&](const farm::LicenseServer& server) {
        return farm::short_name(server.name) == farm::short_name(name) &&
               server.activation_status == 0;
      });
    });
  }

  // Those of a host that gets licenses, if all are activated, and that host; or else those that are
  // known to be activated.
  std::pair<Names, const SessionHost*> servers_for(const SessionHost& host) const {
    const auto* const model = candidates_.licensed_with(host.licensing_type.value_or(0), host);
    if (model && are_activated(*model->specified_servers)) {
      return {*model->specified_servers, model};
    }
    Names servers;
    for (const auto& server : facts_.exports.servers) {
      if (server.activation_status != 0 || servers.size() == max_servers) continue;
      servers.push_back(listed_name(server));
    }
    return {std::move(servers), nullptr};
  }

  void set_servers(const Batch& batch) {
    const auto& host = *batch.front();
    auto [servers, model] = servers_for(host);
    const auto* const changed = changes_.common(list_changed);
    const bool as_before = changed && are_activated(changes_.before->servers);
    if (as_before) {
      settled_.push_back(*changed);
      servers = changes_.before->servers;
      model = nullptr;
    }
    const auto in = [](const std::optional<farm::LicensingSettings>& settings) {
      return settings && settings->servers && !settings->servers->empty();
    };
    if (is_set_already(batch, "the license servers", in(host.policy), in(host.broker))) return;
    if (servers.empty()) {
      advise(
          fmt::format("{}: no activated license server has sent an export, so none is proposed. An "
                      "administrator of the license server activates it and exports it; then the "
                      "plan names it. ({})",
                      hosts_text(batch), reason("no_license_server").action));
      return;
    }
    const auto deployment = deployment_of(host);
    const bool by_policy = is_mode(host.policy->licensing_type) && host.domain != "";
    const auto place = deployment ? Place::deployment : by_policy ? Place::policy : Place::host;
    std::optional<RepairStep> step;
    std::string_view where;  // {hosts} is filled in
    std::string by_hand;     // the way to it
    std::string_view note;
    switch (place) {
      case Place::deployment:
        step = repair::set_deployment(*deployment, {deployment->mode, servers});
        where = "In the deployment of the connection broker of {hosts}";
        by_hand = deployment_by_hand;
        break;
      case Place::policy:
        step = repair::set_policy_servers(servers, names_in(batch));
        where = "In the policy that sets the licensing mode of {hosts}";
        by_hand = fmt::format(domain_policy, "Use the specified Remote Desktop license servers");
        note = in_policy;
        break;
      case Place::host:
        step = repair::set_own_servers(servers);
        where = "On each of {hosts}";
        by_hand = fmt::format(local_policy, "Use the specified Remote Desktop license servers");
        note = "Run it on the session host, as an administrator.";
        break;
    }
    add(std::move(step), batch,
        fmt::format("{}, enter the license servers {}{}.",
                    fmt::format(fmt::runtime(where), fmt::arg("hosts", hosts_text(batch))),
                    fmt::join(servers, ", "),
                    as_before ? until_text()
                    : model   ? fmt::format(", as on {}", model->name)
                              : ""),
        {by_hand,
         fmt::format("{} The next export of the hosts shows whether they reach them.",
                     as_before ? "The hosts got licenses with these."
                     : model   ? fmt::format("{} gets licenses with these.", model->name)
                               : "These are the activated license servers that are known."),
         std::string(note), owned_by_another},
        place, {std::nullopt, servers});
  }

  void add(std::optional<RepairStep> step, const Batch& batch, std::string text, Names beside,
           Place place, const farm::LicensingSettings& settings) {
    if (!step) step = RepairStep{};
    step->text = std::move(text);
    step->beside = std::move(beside);
    if (place == Place::deployment) {
      step->beside.insert(step->beside.begin(),
                          {where_to_run(batch), other_hosts_note(batch, settings, facts_)});
    }
    std::erase(step->beside, "");
    for (const auto* host : batch) {
      const auto index = static_cast<std::size_t>(host - facts_.exports.hosts.data());
      give(edited_.exports.hosts.at(index), place, settings);
    }
    // What hosts and servers would answer is in no export, so nothing is predicted of that.
    const auto outcome = judge_again_(edited_);
    if (outcome.reason->verdict != Verdict::unknown &&
        (place != Place::deployment || is_same_for_others(batch, settings, outcome))) {
      step->prediction = outcome.summary;
      step->expected = outcome.reason->word;
    }
    steps_.push_back(std::move(*step));
  }

  // Whether it is found, too, if hosts of which it is not known belong to the deployment.
  bool is_same_for_others(const Batch& batch, const farm::LicensingSettings& settings,
                          const Outcome& outcome) const {
    auto reached = edited_;
    if (!give_to_others(batch, facts_, settings, reached)) return true;
    const auto other = judge_again_(reached);
    return other.reason == outcome.reason && other.summary == outcome.summary;
  }

  const Facts& facts_;
  const std::vector<Group>& groups_;
  const Candidates candidates_;
  const Past past_;
  Facts edited_;                 // by the steps so far
  Changes changes_;              // of the hosts of this group
  std::vector<Change> settled_;  // by the steps so far
  const std::function<Outcome(const Facts&)>& judge_again_;
  std::vector<RepairStep> steps_;
};

}  // namespace

std::vector<RepairStep> host_plan(const Facts& facts, const std::vector<Group>& groups,
                                  const std::function<Outcome(const Facts&)>& judge_again) {
  return Planner(facts, groups, judge_again).plan();
}

}  // namespace cal::session_host_licensing
