// The verdicts of all hosts become the outcome of a run: the worst host's reason, counts per
// reason, and the sentence that somebody reads at night.
#include "agent/base/text.h"
#include "agent/contract/verdict_words.h"
#include "probes/farm/outlook.h"
#include "probes/farm/versions.h"
#include "probes/host_verdict/reasons.h"
#include "probes/session_host_licensing/absent_plan.h"
#include "probes/session_host_licensing/candidates.h"
#include "probes/session_host_licensing/changes.h"
#include "probes/session_host_licensing/demand.h"
#include "probes/session_host_licensing/farm_metrics.h"
#include "probes/session_host_licensing/host_plan.h"
#include "probes/session_host_licensing/incompatible.h"
#include "probes/session_host_licensing/phrases.h"
#include "probes/session_host_licensing/plan_notes.h"
#include "probes/session_host_licensing/session_host_licensing.h"
#include "probes/session_host_licensing/way_back.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

namespace cal::session_host_licensing {

namespace {

constexpr std::size_t max_names = 5;            // in a sentence
constexpr std::size_t max_names_in_group = 40;  // in the evidence
constexpr std::size_t max_further = 10;         // findings in the summary, beside the worst
constexpr std::size_t max_faults = 20;          // of files, beside the licenses

Cause cause_of(const Reason& why) {
  for (const auto* each :
       {&reason("device_cals_exhausted"), &reason("pack_expired"), &reason("no_fitting_cals"),
        &reason("wrong_cal_kind"), &reason("pack_expiring")}) {
    if (each == &why) return Cause::licenses_exhausted;
  }
  return Cause::other;
}

std::string verb(std::size_t count, std::string_view one, std::string_view many) {
  return std::string(count == 1 ? one : many);
}

// A host whose data are newer than the outage, and that gets its licenses from a server of the
// group.
std::string host_that_reaches(const Group& group, const std::vector<HostVerdict>& verdicts) {
  const auto since = group.since();
  for (const auto& each : verdicts) {
    if (each.reason->verdict != Verdict::clear || !since || each.data_at <= since) continue;
    for (const auto& server : each.servers) {
      if (std::ranges::find(group.servers, server.name, &FaultyServer::name) !=
          group.servers.end()) {
        return each.host;
      }
    }
  }
  return {};
}

std::vector<Group> groups_with_servers(const Facts& facts,
                                       const std::vector<HostVerdict>& verdicts) {
  auto groups = groups_of(verdicts);
  const Candidates candidates(facts.exports, groups);
  const Past past(facts);
  for (auto& group : groups) {
    if (asks_for_candidates(*group.reason)) group.candidates = candidates.for_hosts_of(group);
    if (group.reason == &reason("license_server_unreachable")) {
      group.reached_by = host_that_reaches(group, verdicts);
    }
    group.versions_fit = versions_of(group, facts) == Versions::fit;
    group.needed = licenses_needed_at_least(group, facts);
    if (group.reason == &reason("license_server_incompatible")) {
      group.model = model_for(group, groups);
    }
    if (group.reason == &reason("workgroup_auth_refused") ||
        group.reason == &reason("per_user_in_workgroup")) {
      group.left_domain = left_domain_sentence(past.changes_of(exports_of(group, facts)));
    }
  }
  return groups;
}

class RollUp {
 public:
  RollUp(const Facts& facts, const std::vector<HostVerdict>& verdicts)
      : facts_(facts), verdicts_(verdicts), groups_(groups_with_servers(facts, verdicts)) {
    for (const auto& each : verdicts) {
      if (each.reason == &reason("not_applicable")) continue;
      ++total_;
      if (each.refuses()) ++refusing_;
      const bool used = each.data_at && !is_silent(*each.reason);
      if (used && (!data_at_ || *each.data_at < *data_at_)) data_at_ = each.data_at;
    }
  }

  Outcome outcome() {
    const auto& worst = groups_.front();
    Outcome outcome{worst.reason, summary()};
    if (worst.severity != worst.reason->severity) outcome.severity = worst.severity;
    if (worst.reason->verdict == Verdict::present) outcome.began = worst.since();
    outcome.source_data_at = data_at_;
    for (const auto& group : groups_) {
      add_implication(group, outcome);
      add_evidence(group, outcome);
    }
    outcome.action = action_sentence(worst);
    add_servers(outcome);
    add_hosts(outcome);
    outcome.samples = farm_samples(verdicts_, facts_.exports.servers);
    return outcome;
  }

 private:
  // "12 of 40 session hosts", "2 of 40 session hosts (RDSH1, RDSH2)", "Session host RDSH1".
  std::string subject(std::size_t count, const Group& group) const {
    constexpr std::size_t max_named = 3;
    if (total_ <= 1) return fmt::format("Session host {}", group.hosts.front()->host);
    auto text = fmt::format("{} of {} session hosts", count, total_);
    const bool is_all = count == group.hosts.size();  // others may refuse users, too
    if (!is_all || count > max_named) return text;
    return fmt::format("{} ({})", text, names_of(group, max_named));
  }

  std::string data_text() const {
    return data_at_ ? fmt::format(" (data from {})", short_time_text(*data_at_, facts_.now)) : "";
  }

  std::string headline(const Group& worst) const {
    const auto count = worst.hosts.size();
    if (worst.refuses()) {
      return fmt::format("{} {} users{}.", subject(refusing_, worst),
                         verb(refusing_, "refuses", "refuse"), data_text());
    }
    if (is_silent(*worst.reason)) return silent_text(worst);
    switch (worst.reason->verdict) {
      case Verdict::present:
        return fmt::format("{} {} attention{}.", subject(count, worst),
                           verb(count, "needs", "need"), data_text());
      case Verdict::unknown:
        return fmt::format("{} could not be checked{}.", subject(count, worst), data_text());
      case Verdict::clear:
        break;
    }
    if (total_ == 0) return "No session host accepts sessions now.";
    return total_ == 1
               ? fmt::format("Session host {} gives users a license{}.", worst.hosts.front()->host,
                             data_text())
               : fmt::format("All {} session hosts give users a license{}.", total_, data_text());
  }

  // "RDSH3 has sent no export (RDSH1, RDSH2 are fine, 08:29 UTC).", "3 of 41 session hosts have
  // sent no usable export (38 are fine, 08:29 UTC): RDSH37 (no export since 06:00 UTC) and 2 more."
  std::string silent_text(const Group& group) const {
    const auto count = group.hosts.size();
    if (count == 1) {
      const auto& host = *group.hosts.front();
      return fmt::format("{} has sent {}{}.", host.host, host.text, fine_text());
    }
    std::vector<std::string> names;
    for (const auto* host : group.hosts) {
      if (names.size() == max_names) break;
      names.push_back(fmt::format("{} ({})", host->host, host->text));
    }
    return fmt::format("{} of {} session hosts have sent no usable export{}: {}.", count, total_,
                       fine_text(), list_of_first(names, count));
  }

  std::string fine_text() const {
    constexpr std::size_t max_named = 3;
    const auto fine = std::ranges::find(groups_, &reason("licensed"), &Group::reason);
    if (fine == groups_.end() || !data_at_) return {};
    const auto count = fine->hosts.size();
    return fmt::format(" ({} {} fine, {})",
                       count > max_named ? std::to_string(count) : names_of(*fine, max_named),
                       verb(count, "is", "are"), short_time_text(*data_at_, facts_.now));
  }

  std::string cause_text(const Group& group) const {
    if (group.reason->severity == Severity::ok || is_silent(*group.reason)) return {};
    return cause_sentence(group, facts_.now);
  }

  // Beside the headline, which says it of users who are refused now.
  static std::string refusal_text(const Group& group) {
    if (group.refuses() || group.reason->severity == Severity::ok) return {};
    return refusal_sentence(group.refusals, hosts_of(group));
  }

  std::string summary() const {
    const auto& worst = groups_.front();
    std::vector<std::string> sentences{headline(worst), refusal_text(worst), cause_text(worst)};
    // What could not be checked is quoted beside its first step.
    if (worst.reason->severity != Severity::ok && worst.reason->verdict != Verdict::unknown) {
      sentences.push_back(first_step_sentence(worst));
    }
    if (refusing_ > 0) sentences.push_back("Administrators still get in with mstsc /admin.");
    std::vector<std::string> further;
    for (auto group = groups_.begin() + 1; group != groups_.end(); ++group) {
      if (group->reason->severity != Severity::ok) further.push_back(also(*group));
    }
    const auto count = further.size();
    if (count > max_further) {
      further.resize(max_further);
      further.push_back(
          fmt::format("{} in the evidence.",
                      counted(count - max_further, "more finding is", "more findings are")));
    }
    std::ranges::move(further, std::back_inserter(sentences));
    std::erase(sentences, "");
    return fmt::format("{}", fmt::join(sentences, " "));
  }

  std::string also(const Group& group) const {
    const auto count = group.hosts.size();
    if (is_silent(*group.reason)) {
      return fmt::format("{} of {} {} sent no usable export: {}", count, total_,
                         verb(count, "has", "have"),
                         refusal_sentence(group.refusals, hosts_of(group)));
    }
    return fmt::format("Also ({}): {} {}",
                       count == 1 ? group.hosts.front()->host : fmt::format("{} hosts", count),
                       refusal_sentence(group.refusals, hosts_of(group)), cause_text(group));
  }

  void add_implication(const Group& group, Outcome& outcome) const {
    if (group.reason->verdict != Verdict::present) return;
    const bool critical = group.severity == Severity::critical;
    const auto count = group.hosts.size();
    const auto what = group.refuses() ? verb(count, "refuses users", "refuse users")
                                      : verb(count, "needs attention", "need attention");
    outcome.implications.push_back(
        {cause_of(*group.reason), critical ? Strength::strong : Strength::weak,
         fmt::format("{} {}{}", subject(count, group), what, because(group)), std::nullopt,
         first_step_sentence(group), group.reason->word, group.since()});
  }

  std::string because(const Group& group) const {
    const auto refusal = refusal_text(group);
    return refusal.empty() ? fmt::format(": {}", cause_text(group))
                           : fmt::format(". {} {}", refusal, cause_text(group));
  }

  static void add_evidence(const Group& group, Outcome& outcome) {
    if (group.reason->severity == Severity::ok) return;
    const auto server =
        is_about_server(*group.reason) ? fmt::format(" ({})", servers_of(group)) : "";
    const auto count = group.hosts.size();
    outcome.evidence.push_back(
        item_evidence(*group.reason, fmt::format("{}{}", in_words(group.reason->word), server),
                      fmt::format("{}: {}", counted(count, "session host"),
                                  names_of(group, max_names_in_group))));
  }

  // Servers that differ only in the name, and in the time of their data, are one line.
  void add_servers(Outcome& outcome) const {
    struct Alike {
      std::string text;
      std::vector<std::string> names;
      SystemTime first;
      SystemTime last;
    };
    std::vector<Alike> lines;
    for (const auto& server : facts_.exports.servers) {
      auto text = text_of(server);
      const auto same = std::ranges::find(lines, text, &Alike::text);
      if (same == lines.end()) {
        lines.push_back(
            {std::move(text), {farm::short_name(server.name)}, server.data_at, server.data_at});
        continue;
      }
      same->names.push_back(farm::short_name(server.name));
      same->first = std::min(same->first, server.data_at);
      same->last = std::max(same->last, server.data_at);
    }
    for (const auto& each : lines) {
      const bool at_once = each.first == each.last;
      outcome.evidence.push_back(
          {std::nullopt,
           fmt::format("{} {}", plural(each.names.size(), "license server"),
                       fmt::join(each.names, ", ")),
           fmt::format("data from {}{}{}", time_text(each.first),
                       at_once ? "" : " to " + time_text(each.last), each.text)});
    }
    for (const auto& [computer, fault] : facts_.exports.faults) {
      outcome.evidence.push_back({Verdict::unknown, "export", fault.message});
    }
  }

  static std::string text_of(const farm::LicenseServer& server) {
    std::vector<std::string> parts{""};
    if (server.activation_status == 0) parts.emplace_back("activated");
    if (server.activation_status == 1) parts.emplace_back("not activated");
    if (server.os_build) {
      const auto version = farm::version_of_build(server.os_build);
      parts.push_back(version ? farm::version_name(*version)
                              : fmt::format("build {}", *server.os_build));
    }
    if (server.key_packs) {
      for (const auto& pack : server.key_packs->packs) {
        parts.push_back(fmt::format("{} of {} {} {} of {} issued", pack.issued, pack.total,
                                    farm::name_of(pack.kind), plural(pack.total, "license"),
                                    farm::license_version(pack.version)));
      }
      const auto& temporary = server.key_packs->temporary_issued;
      if (!temporary) parts.emplace_back("the number of temporary ones is not known");
      if (temporary > 0) parts.push_back(counted(*temporary, "temporary one"));
      std::ranges::copy(server.key_packs->not_understood, std::back_inserter(parts));
    }
    if (server.last_issued_at) {
      parts.push_back(fmt::format("last license issued at {}", time_text(*server.last_issued_at)));
    }
    std::ranges::copy(server.problems, std::back_inserter(parts));
    return fmt::format("{}", fmt::join(parts, "; "));
  }

  // The worst first, as the groups are.
  void add_hosts(Outcome& outcome) const {
    for (const auto& group : groups_) {
      for (const auto* host : group.hosts) {
        outcome.evidence.push_back(item_evidence(*host->reason,
                                                 fmt::format("session host {}", host->host),
                                                 linked(host->stages), Evidence::Form::ladder));
      }
    }
  }

  const Facts& facts_;
  const std::vector<HostVerdict>& verdicts_;
  std::vector<Group> groups_;
  std::size_t total_ = 0;  // without those that are not applicable
  std::size_t refusing_ = 0;
  std::optional<SystemTime> data_at_;  // the oldest that was used
};

// Nothing at all is known.
Outcome without_hosts(const Facts& facts) {
  Outcome outcome{&reason("exports_missing"), "there is no export of a session host"};
  if (facts.exports.faults.empty()) return outcome;
  const auto& fault = facts.exports.faults.front().fault;
  if (fault.kind != inventory::FileFaultKind::missing) {
    outcome.reason = &reason("export_unreadable");
  }
  outcome.summary = fault.message;
  return outcome;
}

// All but what repairs it.
Outcome findings(const Facts& facts, const Settings& settings) {
  // An export that was not read may be the one that a host's verdict needs.
  if (!facts.exports.cut_short.empty()) {
    return {&common_reason::timeout, facts.exports.cut_short};
  }
  const auto verdicts = judge_hosts(facts, settings);
  if (verdicts.empty()) return without_hosts(facts);
  auto outcome = RollUp(facts, verdicts).outcome();
  auto outlook = farm::outlook_of(facts.exports.servers, facts.now, settings.max_age);
  add_ending_samples(outlook, facts.now, outcome.samples);
  // Files that could not be read may be of license servers.
  const auto& faults = facts.exports.faults;
  for (std::size_t i = 0; i < std::min(faults.size(), max_faults); ++i) {
    outlook.not_counted.push_back(faults[i].fault.message);
  }
  if (!outlook.stock.empty()) {
    outcome.licenses = std::make_shared<const LicenseOutlook>(std::move(outlook));
  }
  // Exports of a folder that could not be read may show any fault.
  const auto fault = std::ranges::find(facts.exports.faults, "", &farm::ExportFault::computer);
  if (fault != facts.exports.faults.end() && outcome.reason->verdict == Verdict::clear) {
    outcome.reason = &reason("export_unreadable");
    outcome.severity.reset();
    outcome.summary = fault->fault.message;
  }
  return outcome;
}

}  // namespace

Outcome judge(const Facts& facts, const Settings& settings) {
  auto outcome = findings(facts, settings);
  if (severity_of(outcome) == Severity::ok) return outcome;
  if (outcome.reason == &reason("exports_missing")) outcome.repair = plan_without_exports(facts);
  const auto verdicts = judge_hosts(facts, settings);
  const auto groups = groups_with_servers(facts, verdicts);
  // Else it is about the exports as a whole.
  if (groups.empty() || groups.front().reason != outcome.reason) return outcome;
  outcome.repair =
      host_plan(facts, groups, [&](const Facts& edited) { return findings(edited, settings); });
  if (outcome.reason->verdict == Verdict::unknown) outcome.action = outcome.repair.front().text;
  return outcome;
}

}  // namespace cal::session_host_licensing
