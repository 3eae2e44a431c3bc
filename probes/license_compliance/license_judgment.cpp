#include "agent/base/text.h"
#include "probes/inventory/table_file.h"
#include "probes/license_compliance/compliance_reasons.h"
#include "probes/license_compliance/license_compliance.h"
#include "probes/shared/directory_probe.h"
#include "probes/shared/staleness.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

namespace cal::license_compliance {

namespace {

using inventory::FileFault;
using inventory::FileFaultKind;
using inventory::HostState;
using inventory::LicenseCount;
using inventory::LicenseKind;

std::string item_of(const LicenseCount& count) {
  return fmt::format("{} ({})", count.edition, name_of(count.kind));
}

std::string text_of(const LicenseCount& count) {
  std::vector<std::string> holders;
  if (count.users) holders.push_back(fmt::format("{} users", *count.users));
  if (count.devices) holders.push_back(fmt::format("{} devices", *count.devices));
  const auto by_whom = holders.empty() ? "" : fmt::format(" ({})", fmt::join(holders, ", "));
  return fmt::format("{} installed, {} assigned{}, {}", count.installed, count.assigned(), by_whom,
                     count.available() < 0 ? fmt::format("{} too many", -count.available())
                                           : fmt::format("{} available", count.available()));
}

// Who assigns the licenses that a source counts: an administrator, who would see that none is left,
// or the license server, at the next logon.
enum class AssignedBy { administrator, license_server };

// `spare`: free licenses of newer versions, which can be used instead.
const Reason& reason_of(const LicenseCount& count, AssignedBy who, std::int64_t spare) {
  if (count.available() + spare < 0) return reason("over_assigned");
  if (count.installed == 0 || count.available() > 0) return reason("compliant");
  if (who == AssignedBy::administrator || count.available() + spare > 0) {
    return reason("none_left");
  }
  return reason("packs_exhausted");
}

// Free licenses of newer versions, which also serve the users or devices of this version.
std::int64_t spare_of_newer(const LicenseCount& count, const std::vector<LicenseCount>& all) {
  std::int64_t spare = 0;
  for (const auto& other : all) {
    const bool newer = other.version && count.version && *other.version > *count.version;
    if (newer && other.kind == count.kind) spare += std::max<std::int64_t>(0, other.available());
  }
  return spare;
}

std::string_view step_for(const LicenseCount& count, AssignedBy who) {
  if (who == AssignedBy::administrator) return {};
  return count.kind == LicenseKind::device ? add_device_pack : add_user_pack;
}

const Reason& reason_of(HostState state) {
  switch (state) {
    case HostState::unlicensed:
      return reason("session_host_unlicensed");
    case HostState::mode_not_set:
      return reason("licensing_mode_not_set");
    case HostState::grace_ending:
      return reason("grace_period_ending");
    case HostState::in_order:
      return reason("compliant");
  }
  return reason("compliant");
}

void add_samples(const LicenseCount& count, const Settings& settings, Outcome& outcome) {
  const std::string kind(name_of(count.kind));
  const auto add_assigned = [&](std::string_view assignee,
                                const std::optional<std::int64_t>& assigned) {
    if (!assigned) return;
    outcome.samples.push_back({&families[1],
                               {count.edition, kind, std::string(assignee)},
                               static_cast<double>(*assigned)});
  };
  const auto add = [&](const MetricFamily& family, double value) {
    outcome.samples.push_back({&family, {count.edition, kind}, value});
  };
  add(families[0], static_cast<double>(count.installed));
  add_assigned("user", count.users);
  add_assigned("device", count.devices);
  add_assigned("unspecified", count.unspecified);
  add(families[2], static_cast<double>(count.available()));
  add(families[3], count.available() < 0 ? 0.0 : 1.0);
  if (count.first_end) add(families[5], unix_seconds(*count.first_end));
  const auto least = settings.warn_below.find(count.edition);
  if (least != settings.warn_below.end()) add(families[6], least->second);
}

// The worst finding about one subject.
struct Worst {
  const Reason* reason = nullptr;
  std::string summary = {};
  std::string_view first_step = {};  // empty: the first step of the cause
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
    if (counts && all_counted_ && installed_ == 0) {
      consider(licenses_, reason("none_installed"), std::string(reason("none_installed").meaning));
    }
    add_session_hosts();
    add_directory();
    implicate(licenses_, Cause::licenses_exhausted);
    implicate(session_hosts_, Cause::other);
    return std::move(outcome_);
  }

 private:
  void consider(Worst& worst, const Reason& why, std::string summary,
                std::string_view first_step = {}) {
    if (!outcome_.reason || &why < outcome_.reason) {
      outcome_.reason = &why;
      outcome_.summary = summary;
    }
    if (!worst.reason || &why < worst.reason) worst = {&why, std::move(summary), first_step};
  }

  void implicate(const Worst& worst, Cause cause) {
    if (!worst.reason || worst.reason->verdict != Verdict::present) return;
    const bool critical = worst.reason->severity == Severity::critical;
    outcome_.implications.push_back({cause, critical ? Strength::strong : Strength::weak,
                                     worst.summary, std::nullopt, std::string(worst.first_step)});
  }

  // The content of a file; null, with the reason as evidence, if it does not exist, cannot be used
  // or is too old.
  template <class Content>
  const Content* usable(const std::filesystem::path& file,
                        const tl::expected<Content, FileFault>& read, Worst& worst) {
    const auto refuse = [&](const Reason& why, const std::string& text) {
      consider(worst, why, text);
      outcome_.evidence.push_back({Verdict::unknown, file.filename().string(), text});
      return nullptr;
    };
    if (!read) {
      const bool missing = read.error().kind == FileFaultKind::missing;
      return refuse(missing ? reason("inventory_missing") : reason("inventory_unreadable"),
                    read.error().message);
    }
    const auto data_at = read->data_at;
    outcome_.source_data_at = std::min(outcome_.source_data_at.value_or(data_at), data_at);
    const auto stale = staleness(file, data_at, facts_.now, settings_.max_age);
    return stale ? refuse(reason("inventory_stale"), *stale) : &*read;
  }

  void add_source(const Source& source, AssignedBy who) {
    const auto* const counts = usable(source.file, source.counts, licenses_);
    if (!counts) {
      all_counted_ = false;
      return;
    }
    for (const auto& count : counts->counts) {
      add_count(count, who, spare_of_newer(count, counts->counts));
    }
    for (const auto& note : counts->notes) {
      outcome_.evidence.push_back({std::nullopt, source.file.filename().string(), note});
    }
    if (who == AssignedBy::license_server) key_packs_ = counts;
  }

  void add_count(const LicenseCount& count, AssignedBy who, std::int64_t spare) {
    const auto& why = reason_of(count, who, spare);
    installed_ += count.installed;
    auto text = text_of(count);
    if (spare > 0 && count.available() <= 0) {
      text += fmt::format("; newer versions, which can be used instead, have {} left", spare);
    }
    consider(licenses_, why, fmt::format("{}: {}", item_of(count), text), step_for(count, who));
    outcome_.evidence.push_back({why.verdict, item_of(count), std::move(text), Evidence::Form::fact,
                                 Evidence::Meter{static_cast<double>(count.assigned()),
                                                 static_cast<double>(count.installed)}});
    // Both files may contain the same edition and kind: only the first gives samples.
    if (sampled_.insert(item_of(count)).second) add_samples(count, settings_, outcome_);
  }

  // Hosts with the same state are one finding, since a farm often has the same fault everywhere.
  void add_session_hosts() {
    std::map<HostState, std::vector<std::string>> found;
    for (const auto& [file, read] : facts_.session_hosts) {
      const auto* const content = usable(file, read, session_hosts_);
      if (!content) continue;
      for (const auto& host : content->hosts) {
        auto finding = inventory::judge_host(host, content->data_at, facts_.now);
        const auto item = fmt::format("session host {}", host.name);
        outcome_.evidence.push_back({reason_of(finding.state).verdict, item, finding.text});
        found[finding.state].push_back(fmt::format("{}: {}", item, finding.text));
        if (finding.grace_ends) add_grace_end(host.name, *finding.grace_ends);
      }
    }
    if (found.empty()) return;
    const auto& [state, texts] = *found.begin();
    const auto more = texts.size() > 1 ? fmt::format(" (and {} more host{})", texts.size() - 1,
                                                     texts.size() > 2 ? "s" : "")
                                       : std::string();
    consider(session_hosts_, reason_of(state), texts.front() + more, set_mode);
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
      if (outcome_.reason->verdict == Verdict::clear) {
        outcome_.reason = &ldap::reason_of(fault.kind);
        outcome_.summary = fault.message;
        outcome_.object = fault.host;
      }
      return;
    }
    const auto& [server, licenses] = **facts_.directory;
    outcome_.evidence.push_back(
        {std::nullopt, "directory",
         fmt::format(
             "{} users hold a per-user license in force, {} more only expired ones; asked {}",
             licenses.users, licenses.expired_users, server)});
    for (const auto& [version, issuer, in_force, expired] : licenses.groups) {
      outcome_.evidence.push_back(
          {std::nullopt,
           fmt::format("directory, version {}, license server {}", version.empty() ? "-" : version,
                       issuer.empty() ? "-" : issuer),
           fmt::format("{} in force, {} expired", in_force, expired)});
    }
    outcome_.samples.push_back({&families[1],
                                {"directory", std::string(name_of(LicenseKind::user)), "user"},
                                static_cast<double>(licenses.users)});
    compare_with_key_packs(licenses);
  }

  // The two counts should differ only by renewals in progress; which one is right depends on the
  // fault.
  void compare_with_key_packs(const ad::UserLicenses& licenses) {
    if (!key_packs_) return;
    std::int64_t issued = 0;
    for (const auto& count : key_packs_->counts) {
      if (count.kind == LicenseKind::user) issued += count.assigned();
    }
    if (issued == licenses.users) return;
    outcome_.evidence.push_back(
        {std::nullopt, "directory and key packs differ",
         fmt::format("the key packs count {} per-user licenses as issued; in the directory, {} "
                     "users hold one. If the directory has more, it also contains licenses of "
                     "another license server. If it has fewer, the license server (up to Windows "
                     "Server 2016) or SELF (from 2019) lacks the right to write on users",
                     issued, licenses.users)});
  }

  const Facts& facts_;
  const Settings& settings_;
  Outcome outcome_{nullptr, ""};
  Worst licenses_;
  Worst session_hosts_;
  const inventory::LicenseCounts* key_packs_ = nullptr;  // compared with the directory
  std::set<std::string> sampled_;
  std::set<std::string> grace_sampled_;
  std::int64_t installed_ = 0;
  bool all_counted_ = true;
};

}  // namespace

Outcome judge(const Facts& facts, const Settings& settings) {
  return Judgment(facts, settings).outcome();
}

}  // namespace cal::license_compliance
