#include "agent/base/text.h"
#include "agent/contract/verdict_words.h"
#include "probes/farm/outlook.h"
#include "probes/inventory/table_file.h"
#include "probes/license_compliance/compliance_reasons.h"
#include "probes/license_compliance/count_finding.h"
#include "probes/license_compliance/directory_count.h"
#include "probes/license_compliance/file_plan.h"
#include "probes/license_compliance/license_plan.h"
#include "probes/shared/directory_probe.h"
#include "probes/shared/staleness.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace cal::license_compliance {

namespace {

using inventory::FileFault;
using inventory::FileFaultKind;
using inventory::HostState;
using inventory::LicenseCount;
using inventory::LicenseCounts;

const Reason& reason_of(HostState state) {
  switch (state) {
    case HostState::unlicensed:
      return reason("session_host_unlicensed");
    case HostState::mode_not_set:
      return reason("licensing_mode_not_set");
    case HostState::not_known:
      return reason("inventory_unreadable");
    case HostState::grace_ending:
      return reason("grace_period_ending");
    case HostState::in_order:
      return reason("compliant");
  }
  return reason("compliant");
}

// The computer that wrote the file; empty: it does not say.
std::string_view writer_of(const LicenseCounts& counts) { return counts.server; }
std::string_view writer_of(const inventory::SessionHosts& hosts) {
  return hosts.hosts.size() == 1 ? hosts.hosts.front().name : std::string_view();
}

// The worst finding about one subject.
struct Worst {
  const Reason* reason = nullptr;
  std::string summary = {};
  std::string first_step = {};  // empty: the action of the reason

  std::string_view step() const { return first_step.empty() ? reason->action : first_step; }
};

// Combines the sources of one run into an outcome. The table of reasons is ordered from the worst
// to the best; a reason that is not in own_reasons is a fault of the directory.
class Judgment {
 public:
  Judgment(const Facts& facts, const Settings& settings) : facts_(facts), settings_(settings) {}

  Outcome outcome() {
    if (facts_.inventory) add_source(*facts_.inventory, AssignedBy::administrator);
    if (facts_.key_packs) add_source(*facts_.key_packs, AssignedBy::license_server);
    const bool counts = facts_.inventory || facts_.key_packs;
    if (counts && all_counted_ && installed_ == 0 && !overused_) add_none_installed();
    if (counts) add_missing_editions();
    add_session_hosts();
    add_directory();
    if (!all_counts_.empty()) add_outlook();
    if (outcome_.repair.empty()) advise(licenses_);
    advise(session_hosts_);
    if (outcome_.repair.empty()) outcome_.repair = std::move(file_steps_);
    implicate(licenses_, Cause::licenses_exhausted);
    implicate(session_hosts_, Cause::other);
    return std::move(outcome_);
  }

 private:
  void consider(Worst& worst, const Reason& why, std::string summary, std::string first_step = {},
                std::vector<RepairStep> file_steps = {}) {
    if (!outcome_.reason || &why < outcome_.reason) {
      outcome_.reason = &why;
      file_steps_ = std::move(file_steps);
      outcome_.summary = summary;
      outcome_.action = why.severity == Severity::ok ? "" : first_step;
    }
    if (!worst.reason || &why < worst.reason) {
      worst = {&why, std::move(summary), std::move(first_step)};
    }
  }

  // The counts are sound one by one: together they are the fault.
  void add_none_installed() {
    const auto& none = reason("none_installed");
    consider(licenses_, none, std::string(none.meaning),
             facts_.inventory ? "" : std::string(install_licenses));
    if (facts_.inventory) {
      RepairStep step{std::string(none.action)};
      step.beside = {
          "Refused now: every assignment. A user without a license may log on only to servers and "
          "licensed workstations, from 30 days after the Management Server was installed."};
      outcome_.repair.push_back(std::move(step));
    }
    for (auto& each : outcome_.evidence) {
      if (each.meter) each.verdict = verdict_of_item(none);
    }
  }

  // What has no plan has the action of its reason.
  void advise(const Worst& worst) {
    if (!worst.reason || worst.reason->verdict != Verdict::present) return;
    outcome_.repair.push_back({std::string(worst.step())});
  }

  void implicate(const Worst& worst, Cause cause) {
    if (!worst.reason || worst.reason->verdict != Verdict::present) return;
    const bool critical = worst.reason->severity == Severity::critical;
    outcome_.implications.push_back({cause, critical ? Strength::strong : Strength::weak,
                                     worst.summary, std::nullopt, std::string(worst.step()),
                                     worst.reason->word});
  }

  // The content of a file; null, with the reason as evidence, if it does not exist, cannot be used
  // or is too old.
  template <class Content>
  const Content* usable(const std::filesystem::path& file,
                        const tl::expected<Content, FileFault>& read, std::string_view option,
                        Worst& worst) {
    const auto refuse = [&](const Reason& why, const std::string& text,
                            std::vector<RepairStep> steps) {
      auto first = steps.front().text;
      consider(worst, why, text, std::move(first), std::move(steps));
      outcome_.evidence.push_back({Verdict::unknown, file.filename().string(), text});
      return nullptr;
    };
    if (!read) {
      const bool missing = read.error().kind == FileFaultKind::missing;
      return refuse(missing ? reason("inventory_missing") : reason("inventory_unreadable"),
                    read.error().message, plan_for_fault(read.error(), option, facts_.host));
    }
    const auto data_at = read->data_at;
    outcome_.source_data_at = std::min(outcome_.source_data_at.value_or(data_at), data_at);
    const auto stale = staleness(file, data_at, facts_.now, settings_.max_age);
    if (!stale) return &*read;
    return refuse(reason("inventory_stale"), *stale,
                  plan_for_stale(file, option, facts_.host, writer_of(*read)));
  }

  void add_source(const Source& source, AssignedBy who) {
    const auto* const counts =
        usable(source.file, source.counts,
               who == AssignedBy::administrator ? "inventory_file" : "key_packs_file", licenses_);
    if (!counts) {
      all_counted_ = false;
      not_counted_.push_back(outcome_.evidence.back().text);
      return;
    }
    const auto file = source.file.filename().string();
    // The counts of a license server have their age beside them: other data of it may be newer.
    const auto label = fmt::format("{}{}", counts->server.empty() ? file : counts->server,
                                   who == AssignedBy::license_server
                                       ? fmt::format(", data from {}", minute_text(counts->data_at))
                                       : "");
    for (const auto& count : counts->counts) add_count(count, who, *counts, label);
    if (who == AssignedBy::license_server) {
      outcome_.evidence.push_back(
          {std::nullopt, "key packs",
           fmt::format(
               "of {}, as {} has them, data from {}; whether that license server is "
               "activated is not in the file",
               counts->server.empty() ? "the license server that wrote them" : counts->server, file,
               time_text(counts->data_at))});
    }
    for (const auto& note : counts->notes) outcome_.evidence.push_back({std::nullopt, file, note});
    for (const auto& text : counts->not_understood) {
      all_counted_ = false;
      consider(licenses_, reason("pack_not_understood"), text);
      outcome_.evidence.push_back({Verdict::unknown, file, text});
    }
    std::ranges::copy(counts->counts, std::back_inserter(all_counts_));
    if (counts->temporary) add_temporary(*counts->temporary);
    if (who == AssignedBy::license_server) key_packs_ = counts;
  }

  void add_count(const LicenseCount& count, AssignedBy who, const LicenseCounts& all,
                 const std::string& source) {
    const auto spare = spare_of_newer(count, all.counts);
    const auto least = settings_.warn_below.find(count.edition);
    const bool meant_to_be_full = least != settings_.warn_below.end() && least->second == 0;
    const auto* why = &finding_of(count, who, spare, meant_to_be_full);
    auto text = text_of(count);
    if (spare > 0 && count.available() <= 0) {
      text += fmt::format("; newer versions, which can be used instead, have {} left", spare);
    }
    if (count.available() + spare <= 0 && !all.not_understood.empty()) {
      why = &reason("pack_not_understood");
      text += "; a pack that is not understood may have more";
    }
    const auto item = item_of(count);
    known_.insert(count.edition);
    installed_ += count.installed;
    overused_ = overused_ || (count.installed == 0 && count.assigned() > 0);
    consider(licenses_, *why, fmt::format("{}: {}", item, text), std::string(step_for(count, who)));
    const bool is_full = why == &reason("none_left") && who == AssignedBy::administrator;
    if (why->verdict == Verdict::present || why == &reason("user_cals_over_issued") || is_full) {
      const auto missing = std::max<std::int64_t>(1, -(count.available() + spare));
      std::ranges::move(license_plan(count, who, missing, all.server),
                        std::back_inserter(outcome_.repair));
    }
    if (count.ending > 0) {
      consider(licenses_, reason("pack_expiring"),
               fmt::format("{}: {} of {} {}, first {}", item, count.ending,
                           counted(count.installed, "installed license"),
                           plural(count.ending, "ends", "end"), time_text(*count.first_end)));
    }
    auto evidence = item_evidence(*why, item, std::move(text));
    evidence.meter = Evidence::Meter{static_cast<double>(count.assigned()),
                                     static_cast<double>(count.installed), source};
    outcome_.evidence.push_back(std::move(evidence));
    // Both files may contain the same edition and kind: only the first gives samples.
    if (sampled_.insert(item).second) add_samples(count, settings_, outcome_);
  }

  void add_temporary(std::int64_t issued) {
    outcome_.samples.push_back({&families[7], {}, static_cast<double>(issued)});
    if (issued == 0) return;
    outcome_.evidence.push_back(
        {std::nullopt, "temporary licenses",
         fmt::format("{} issued: each of these devices is refused when its license ends, within 90 "
                     "days, unless a per-device license is free by then",
                     issued)});
  }

  void add_outlook() {
    auto outlook = farm::outlook_of(all_counts_, facts_.now);
    if (key_packs_) {
      outlook.temporary = key_packs_->temporary;
      const auto& left_out = key_packs_->not_understood;
      outlook.not_counted.insert(
          outlook.not_counted.end(), left_out.begin(),
          left_out.begin() + std::min<std::ptrdiff_t>(20, std::ssize(left_out)));
    }
    std::ranges::copy(not_counted_, std::back_inserter(outlook.not_counted));
    if (facts_.directory && *facts_.directory) add_endings(**facts_.directory, outlook);
    outcome_.licenses = std::make_shared<const LicenseOutlook>(std::move(outlook));
  }

  // An edition that is only misspelled would never be watched.
  void add_missing_editions() {
    if (!all_counted_) return;
    for (const auto& [edition, least] : settings_.warn_below) {
      if (known_.contains(edition)) continue;
      auto text =
          fmt::format("editions: '{}' is in none of the files, which have: {}", edition,
                      known_.empty() ? "no edition" : fmt::format("{}", fmt::join(known_, ", ")));
      outcome_.evidence.push_back({Verdict::unknown, "editions", text});
      consider(licenses_, reason("edition_not_found"), std::move(text));
    }
  }

  // Hosts with the same state are one finding, since a farm often has the same fault everywhere.
  void add_session_hosts() {
    std::map<HostState, std::vector<std::string>> found;
    for (const auto& [file, read] : facts_.session_hosts) {
      const auto* const content = usable(file, read, "session_hosts_file", session_hosts_);
      if (!content) continue;
      for (const auto& host : content->hosts) {
        auto finding = inventory::judge_host(host, content->data_at, facts_.now);
        const auto item = fmt::format("session host {}", host.name);
        outcome_.evidence.push_back(item_evidence(reason_of(finding.state), item, finding.text));
        found[finding.state].push_back(fmt::format("{}: {}", item, finding.text));
        if (finding.grace_ends) add_grace_end(host.name, *finding.grace_ends);
      }
    }
    if (found.empty()) return;
    const auto& [state, texts] = *found.begin();
    const auto more = texts.size() > 1
                          ? fmt::format(" (and {})", counted(texts.size() - 1, "more host"))
                          : std::string();
    const bool known = state != HostState::not_known;
    consider(session_hosts_, reason_of(state), texts.front() + more,
             known ? std::string(set_mode) : "");
  }

  void add_grace_end(const std::string& host, SystemTime ends) {
    if (grace_sampled_.size() == inventory::max_session_hosts) return;
    if (!grace_sampled_.insert(host).second) return;  // two files may name the same host
    outcome_.samples.push_back({&families[4], {host}, unix_seconds(ends)});
  }

  void add_directory() {
    if (!facts_.directory) return;
    if (!*facts_.directory) {
      const auto& fault = facts_.directory->error();
      outcome_.evidence.push_back({Verdict::unknown, "directory", fault.message});
      consider_directory(fault.kind, fault.message, fault.host);
      return;
    }
    const auto& count = **facts_.directory;
    if (auto why = not_readable(count); !why.empty()) {
      consider_directory(ldap::FaultKind::not_permitted, std::move(why), "");
    }
    add_directory_count(count, key_packs_, outcome_);
  }

  void consider_directory(ldap::FaultKind kind, std::string summary, std::string object) {
    if (outcome_.reason->verdict != Verdict::clear) return;
    outcome_.reason = &ldap::reason_of(kind);
    outcome_.summary = std::move(summary);
    outcome_.object = std::move(object);
    outcome_.action.clear();
  }

  const Facts& facts_;
  const Settings& settings_;
  Outcome outcome_{nullptr, ""};
  Worst licenses_;
  Worst session_hosts_;
  std::vector<RepairStep> file_steps_;                   // if a file is the worst of all
  const inventory::LicenseCounts* key_packs_ = nullptr;  // compared with the directory
  std::vector<LicenseCount> all_counts_;
  std::vector<std::string> not_counted_;  // files
  std::set<std::string> known_;           // editions
  std::set<std::string> sampled_;
  std::set<std::string> grace_sampled_;
  std::int64_t installed_ = 0;
  bool overused_ = false;  // licenses of a version are issued without a pack of it
  bool all_counted_ = true;
};

}  // namespace

Outcome judge(const Facts& facts, const Settings& settings) {
  return Judgment(facts, settings).outcome();
}

}  // namespace cal::license_compliance
