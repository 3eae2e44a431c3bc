#include "probes/license_compliance.h"

#include "agent/text.h"
#include "probes/directory_probe.h"
#include "probes/file_options.h"
#include "probes/inventory/key_packs.h"
#include "probes/inventory/table_file.h"
#include "probes/network_edges.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

namespace cal::license_compliance {

namespace {

using inventory::FileFaultKind;
using inventory::LicenseCount;
using inventory::LicenseKind;

constexpr std::string_view add_licenses =
    "Assign fewer licences, or buy a pack and install it (Licenses tab, Install CAL Packs).";

// From the worst to the best.
constexpr std::array own_reasons{
    Reason{"over_assigned", Verdict::present, Severity::critical,
           "More licences are assigned than are installed: the network does not comply with the "
           "licence terms.",
           add_licenses},
    Reason{
        "none_installed", Verdict::present, Severity::critical, "No licence is installed at all.",
        "Install a CAL pack; if one was installed, see whether its activation failed (event 5)."},
    Reason{"inventory_missing", Verdict::unknown, Severity::warning,
           "There is no file with the licence counts.",
           "Export the counts, or correct `inventory_file` or `key_packs_file`."},
    Reason{"inventory_unreadable", Verdict::unknown, Severity::warning,
           "A file with licence counts cannot be used.",
           "Correct what the summary names, or export the counts again."},
    Reason{"inventory_stale", Verdict::unknown, Severity::warning,
           "The licence counts are older than `max_age`.",
           "Export them again, best by a scheduled task (config/windows)."},
    Reason{"none_left", Verdict::clear, Severity::warning,
           "All installed licences are assigned: the next assignment fails (0xcfff1200).",
           add_licenses},
    Reason{"compliant", Verdict::clear, Severity::ok,
           "No more licences are assigned than are installed.", "Nothing."},
};

constexpr auto reasons = with_directory_reasons(own_reasons);

// A word that is not in the table does not compile.
consteval const Reason& reason(std::string_view word) {
  return *std::ranges::find(reasons, word, &Reason::word);
}

constexpr std::array<std::string_view, 2> by_edition{"edition", "license_kind"};
constexpr std::array<std::string_view, 3> by_assignee{"edition", "license_kind", "assignee_kind"};

constexpr std::array families{
    MetricFamily{"cal_licenses_installed",
                 "Licences of the installed packs; no sample while unknown or unlimited. Cached "
                 "between runs.",
                 MetricType::gauge, by_edition},
    MetricFamily{"cal_licenses_assigned",
                 "Licences that are assigned; edition `directory` counts the users who hold one in "
                 "the directory, and is not to be added. No sample while unknown. Cached between "
                 "runs.",
                 MetricType::gauge, by_assignee},
    MetricFamily{"cal_licenses_available",
                 "Licences that are free to assign (installed - assigned), negative when more are "
                 "assigned than installed; no sample while unknown. Cached between runs.",
                 MetricType::gauge, by_edition},
    MetricFamily{"cal_licenses_compliant",
                 "1 if no more licences are assigned than installed, 0 if more; no sample while "
                 "unknown. Cached between runs.",
                 MetricType::gauge, by_edition},
};

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

const Reason& reason_of(const LicenseCount& count) {
  if (count.available() < 0) return reason("over_assigned");
  if (count.installed > 0 && count.available() == 0) return reason("none_left");
  return reason("compliant");
}

void add_samples(const LicenseCount& count, Outcome& outcome) {
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
}

// What one run puts together from its sources. Reasons stand in their table from the worst to the
// best; one that is not in the table is a fault of the directory.
class Judgement {
 public:
  Judgement(const Facts& facts, const Settings& settings) : facts_(facts), settings_(settings) {}

  Outcome outcome() {
    for (const auto* source : {&facts_.inventory, &facts_.key_packs}) {
      if (*source) add_source(**source);
    }
    if (all_counted_ && installed_ == 0) {
      consider(reason("none_installed"), std::string(reason("none_installed").meaning));
    }
    add_directory();
    if (outcome_.reason->verdict == Verdict::present) {
      outcome_.implications.push_back(
          {Cause::licenses_exhausted, Strength::strong, outcome_.summary});
    }
    return std::move(outcome_);
  }

 private:
  void consider(const Reason& why, std::string summary) {
    if (outcome_.reason && outcome_.reason <= &why) return;
    outcome_.reason = &why;
    outcome_.summary = std::move(summary);
  }

  void add_source(const Source& source) {
    if (!source.counts) {
      const auto& fault = source.counts.error();
      all_counted_ = false;
      consider(fault.kind == FileFaultKind::missing ? reason("inventory_missing")
                                                    : reason("inventory_unreadable"),
               fault.message);
      outcome_.evidence.push_back(
          {Verdict::unknown, source.file.filename().string(), fault.message});
      return;
    }
    const auto& counts = *source.counts;
    outcome_.source_data_at =
        std::min(outcome_.source_data_at.value_or(counts.data_at), counts.data_at);
    if (const auto text = stale(source)) {
      all_counted_ = false;
      consider(reason("inventory_stale"), *text);
      outcome_.evidence.push_back({Verdict::unknown, source.file.filename().string(), *text});
      return;
    }
    for (const auto& count : counts.counts) add_count(count);
    for (const auto& note : counts.notes) {
      outcome_.evidence.push_back({std::nullopt, source.file.filename().string(), note});
    }
  }

  std::optional<std::string> stale(const Source& source) const {
    return inventory::staleness(source.file, source.counts->data_at, facts_.now, settings_.max_age);
  }

  void add_count(const LicenseCount& count) {
    const auto& why = reason_of(count);
    installed_ += count.installed;
    consider(why, fmt::format("{}: {}", item_of(count), text_of(count)));
    outcome_.evidence.push_back({why.verdict, item_of(count), text_of(count), Evidence::Form::fact,
                                 Evidence::Meter{static_cast<double>(count.assigned()),
                                                 static_cast<double>(count.installed)}});
    // The second file may name what the first one has: one sample for each.
    if (sampled_.insert(item_of(count)).second) add_samples(count, outcome_);
  }

  void add_directory() {
    if (!facts_.directory) return;
    if (!*facts_.directory) {
      const auto& fault = facts_.directory->error();
      outcome_.evidence.push_back({Verdict::unknown, "directory", fault.message});
      if (outcome_.reason->verdict == Verdict::clear) {
        outcome_.reason = &ldap::reason_of(fault.kind);
        outcome_.summary = fault.message;
      }
      return;
    }
    const auto& [server, licenses] = **facts_.directory;
    outcome_.evidence.push_back(
        {std::nullopt, "directory",
         fmt::format("{} users hold a per-user licence in force, of {} all have expired; asked {}",
                     licenses.users, licenses.expired_users, server)});
    for (const auto& [version, issuer, in_force, expired] : licenses.groups) {
      outcome_.evidence.push_back(
          {std::nullopt,
           fmt::format("directory, version {}, licence server {}", version.empty() ? "-" : version,
                       issuer.empty() ? "-" : issuer),
           fmt::format("{} in force, {} expired", in_force, expired)});
    }
    outcome_.samples.push_back({&families[1],
                                {"directory", std::string(name_of(LicenseKind::user)), "user"},
                                static_cast<double>(licenses.users)});
    compare_with_key_packs(licenses);
  }

  // The two should agree within the renewals under way; who is right depends on what is broken.
  void compare_with_key_packs(const ldap::UserLicenses& licenses) {
    if (!facts_.key_packs || !facts_.key_packs->counts || stale(*facts_.key_packs)) return;
    std::int64_t issued = 0;
    for (const auto& count : facts_.key_packs->counts->counts) {
      if (count.kind == LicenseKind::user) issued += count.assigned();
    }
    if (issued == licenses.users) return;
    outcome_.evidence.push_back(
        {std::nullopt, "directory and key packs differ",
         fmt::format("the key packs count {} per-user licences issued, the directory {} users: "
                     "another licence server's are in the directory too; too few there mean that "
                     "the server (to 2016) or SELF (from 2019) may not write the users",
                     issued, licenses.users)});
  }

  const Facts& facts_;
  const Settings& settings_;
  Outcome outcome_{nullptr, ""};
  std::set<std::string> sampled_;
  std::int64_t installed_ = 0;
  bool all_counted_ = true;
};

class ComplianceProbe : public Probe {
 public:
  ComplianceProbe(std::shared_ptr<ldap::Directory> directory, Settings settings)
      : directory_(std::move(directory)), settings_(std::move(settings)) {}

  Outcome run(Deadline deadline) override {
    std::vector<Phase> phases;
    auto outcome = judge(gather(directory_.get(), settings_, deadline, phases), settings_);
    outcome.phases = std::move(phases);
    return outcome;
  }

 private:
  std::shared_ptr<ldap::Directory> directory_;
  Settings settings_;
};

std::unique_ptr<Probe> make(Options& options, const Surroundings& surroundings) {
  Settings settings;
  settings.inventory_file = optional_file(options, "inventory_file");
  settings.key_packs_file = optional_file(options, "key_packs_file");
  settings.directory_users = options.flag_or("directory_users", false);
  settings.max_age = read_max_age(options, settings.max_age);
  if (!settings.inventory_file && !settings.key_packs_file) {
    options.mistake("",
                    "give 'inventory_file' or 'key_packs_file': what is installed stands there");
  }
  std::shared_ptr<ldap::Directory> directory;
  if (settings.directory_users) directory = require_directory(options, surroundings.edges);
  return std::make_unique<ComplianceProbe>(std::move(directory), std::move(settings));
}

ldap::Result<DirectoryCount> count_in(ldap::Directory& directory, System now, Deadline deadline,
                                      std::vector<Phase>& phases) {
  auto session = directory.open(deadline);
  if (!session) return tl::unexpected(std::move(session.error()));
  phases = session->phases();
  const PhaseTimer timer(phases, "search");
  auto licenses = ldap::count_user_licenses(*session, now, deadline);
  if (!licenses) return tl::unexpected(std::move(licenses.error()));
  return DirectoryCount{session->server(), std::move(*licenses)};
}

}  // namespace

Facts gather(ldap::Directory* directory, const Settings& settings, Deadline deadline,
             std::vector<Phase>& phases) {
  Facts facts{std::chrono::system_clock::now(), std::nullopt};
  if (const auto& file = settings.inventory_file) {
    facts.inventory = Source{*file, inventory::read_license_inventory(*file)};
  }
  if (const auto& file = settings.key_packs_file) {
    facts.key_packs = Source{*file, inventory::read_key_packs(*file)};
  }
  if (directory) facts.directory = count_in(*directory, facts.now, deadline, phases);
  return facts;
}

Outcome judge(const Facts& facts, const Settings& settings) {
  return Judgement(facts, settings).outcome();
}

ProbeKind kind() {
  return {"license_compliance",
          "Are no more licences assigned than installed, and how many are left?", reasons, families,
          make};
}

}  // namespace cal::license_compliance
