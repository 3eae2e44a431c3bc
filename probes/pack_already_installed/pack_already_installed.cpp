#include "probes/pack_already_installed/pack_already_installed.h"

#include "agent/base/host_name.h"
#include "agent/base/text.h"
#include "agent/contract/options.h"
#include "agent/contract/reason_table.h"
#include "probes/inventory/table_file.h"
#include "probes/pack_already_installed/duplicate_plan.h"
#include "probes/pack_already_installed/file_step.h"
#include "probes/pack_already_installed/pack_texts.h"
#include "probes/shared/file_options.h"
#include "probes/shared/file_rights.h"
#include "probes/shared/staleness.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace cal::pack_already_installed {

namespace {

using inventory::ExportedTime;
using inventory::FileFaultKind;
using inventory::History;
using inventory::Installation;
using inventory::Pack;

constexpr std::size_t max_packs_shown = 20;

std::string short_name(const std::filesystem::path& file) { return file.filename(); }

// From the worst to the best.
constexpr std::array reasons{
    Reason{"already_installed", Verdict::present, Severity::critical,
           "The planned pack is already in the installation history; a pack can be installed only "
           "once.",
           "Do not install the pack again. If licenses are free, no new pack is needed; otherwise "
           "buy one, and install it with its own key. Then empty `planned_key_file`."},
    Reason{
        "duplicate_in_history", Verdict::present, Severity::warning,
        "A pack is listed more than once in the installation history.",
        "Nobody is refused because of this. Compare Total in License Management: it shows whether "
        "the pack is installed once, whether a line should name another pack, or whether it is not "
        "installed."},
    Reason{"history_missing", Verdict::unknown, Severity::warning,
           "The installation history file does not exist.",
           "On the agent's host, check the job that exports or copies the file, or correct "
           "`history_file`."},
    Reason{"history_unreadable", Verdict::unknown, Severity::warning,
           "The installation history file cannot be used.",
           "Correct the error that the summary names, or export the history again."},
    Reason{"planned_key_unreadable", Verdict::unknown, Severity::warning,
           "The file with the key of the planned pack cannot be used.",
           "Write only the key into the file, and let the agent's user read it."},
    Reason{"history_stale", Verdict::unknown, Severity::warning,
           "The installation history is older than `max_age`, or from the future: packs that were "
           "installed since may be missing.",
           "Export the history again. If it is maintained by hand, set `max_age` to the time "
           "between updates."},
    Reason{"plan_completed", Verdict::clear, Severity::ok,
           "The planned pack was installed after it was planned.",
           "Empty `planned_key_file` until the next pack is planned."},
    Reason{"no_pack_planned", Verdict::clear, Severity::ok,
           "No pack is planned, and no pack is listed twice in the history.", "Nothing."},
    Reason{"not_installed", Verdict::clear, Severity::ok,
           "The planned pack is not in the installation history.", "Nothing."},
};

constexpr ReasonTable reason{reasons};

constexpr std::array<std::string_view, 1> by_pack{"pack"};

constexpr std::array families{
    MetricFamily{
        "cal_pack_planned_installed",
        "1 if the planned pack is already in the installation history, 0 if not; no sample "
        "while unknown or if no pack is planned. Cached between runs.",
        MetricType::gauge, by_pack},
    MetricFamily{
        "cal_pack_duplicates",
        "Packs that are listed more than once in the installation history; no sample while "
        "unknown. Cached between runs.",
        MetricType::gauge,
        {}},
    MetricFamily{"cal_pack_history_entries",
                 "Entries in the installation history; no sample while unknown. Cached between "
                 "runs.",
                 MetricType::gauge,
                 {}},
};

// Whether it was installed after the plan was made. A date without a time counts until the end of
// that day, since a pack is usually installed on the day it is planned.
bool follows(const std::optional<ExportedTime>& time, SystemTime planned_at) {
  if (!time) return false;
  return time->at > (time->whole_day ? planned_at - std::chrono::days(1) : planned_at);
}

std::string installations_text(const Pack& pack, const std::string& file, SystemTime now) {
  std::string text;
  const auto& all = pack.installations;
  for (const auto& [line, at, edition, kind, quantity] :
       std::span(all).first(std::min(all.size(), max_installations_shown))) {
    text += fmt::format("{}installed {} (line {} of {}", text.empty() ? "" : "; ", when(at, now),
                        line, file);
    if (!edition.empty()) text += ", " + edition;
    if (!kind.empty()) text += ", " + kind;
    if (quantity) text += ", " + counted(*quantity, "license");
    text += ")";
  }
  if (all.size() > max_installations_shown) {
    text += fmt::format("; and {}", counted(all.size() - max_installations_shown, "more time"));
  }
  return text;
}

const Pack* planned_pack(const History& history) {
  const bool installed = history.planned && history.planned->installed_as;
  return installed ? &history.packs[*history.planned->installed_as] : nullptr;
}

bool is_completed(const Pack& pack, SystemTime planned_at) {
  return std::ranges::any_of(pack.installations, [&](const Installation& installation) {
    return follows(installation.at, planned_at);
  });
}

const Reason& reason_of_plan(const Facts& facts) {
  if (facts.plan_fault) return reason("planned_key_unreadable");
  const auto& history = *facts.history;
  if (!history.planned) return reason("no_pack_planned");
  const auto* const pack = planned_pack(history);
  if (!pack) return reason("not_installed");
  return is_completed(*pack, history.planned->planned_at) ? reason("plan_completed")
                                                          : reason("already_installed");
}

void add_packs(const Facts& facts, const Settings& settings, Outcome& outcome) {
  const auto& history = *facts.history;
  const auto file = short_name(settings.history_file);
  const auto* const planned = planned_pack(history);
  std::size_t shown = 0;
  for (const auto& pack : history.packs) {
    const bool wrong =
        is_duplicate(pack) || (&pack == planned && outcome.reason->word == "already_installed");
    if (!wrong && &pack != planned) continue;
    if (++shown > max_packs_shown) break;
    outcome.evidence.push_back({wrong ? Verdict::present : Verdict::clear, "pack " + pack.label,
                                installations_text(pack, file, facts.now)});
  }
  outcome.evidence.push_back(
      {std::nullopt, "history",
       fmt::format("{}, {}, written {}", counted(history.entries, "entry", "entries"),
                   counted(history.packs.size(), "pack"), time_text(history.data_at))});
}

void add_plan(const History& history, Outcome& outcome) {
  if (!history.planned) return;
  outcome.evidence.push_back({std::nullopt, "plan",
                              fmt::format("pack {}, planned {}", history.planned->label,
                                          time_text(history.planned->planned_at))});
}

std::string need_text(const inventory::LicenseCount& count, const History& history) {
  if (count.available() > 0) {
    return fmt::format("{} of {} {} free: no new pack is needed", count.available(),
                       count.installed, plural(count.available(), "is", "are"));
  }
  if (count.installed > 0) {
    return fmt::format("all {} are assigned: more licenses require a new pack", count.installed);
  }
  return history.packs.empty()
             ? "none is installed"
             : fmt::format(
                   "none is installed, but the history lists {}: one of the exports may be wrong; "
                   "compare both with License Management first",
                   counted(history.packs.size(), "pack"));
}

// Whether a new pack is needed at all: by Microsoft's page on event 5, only when all licenses are
// assigned.
void add_need(const Facts& facts, Outcome& outcome) {
  if (!facts.licenses) return;
  if (!*facts.licenses) {
    outcome.evidence.push_back({std::nullopt, "licenses", (*facts.licenses).error().message});
    return;
  }
  const auto as_of = time_text((*facts.licenses)->data_at);
  for (const auto& count : (*facts.licenses)->counts) {
    outcome.evidence.push_back(
        {std::nullopt, fmt::format("licenses of {} ({})", count.edition, name_of(count.kind)),
         fmt::format("{} (as of {})", need_text(count, *facts.history), as_of)});
  }
}

void add_samples(const Facts& facts, bool stale, Outcome& outcome) {
  const auto& history = *facts.history;
  const bool installed = planned_pack(history) != nullptr;
  // A pack in an old history is still installed; one that is not in it may have been installed
  // since.
  if (history.planned && (installed || !stale)) {
    outcome.samples.push_back({&families[0], {history.planned->label}, installed ? 1.0 : 0.0});
  }
  if (stale) return;
  const auto duplicates = std::ranges::count_if(history.packs, is_duplicate);
  outcome.samples.push_back({&families[1], {}, static_cast<double>(duplicates)});
  outcome.samples.push_back({&families[2], {}, static_cast<double>(history.entries)});
}

std::string summary_of(const Facts& facts, const Settings& settings, const Reason& why,
                       const std::optional<std::string>& stale) {
  const auto& history = *facts.history;
  if (&why == &reason("history_stale")) return *stale;
  if (&why == &reason("planned_key_unreadable")) return facts.plan_fault->message;
  if (&why == &reason("duplicate_in_history")) {
    const auto& pack = *std::ranges::find_if(history.packs, is_duplicate);
    return fmt::format("{} is listed {} times in the installation history: {} of {}", name_of(pack),
                       pack.installations.size(), lines_of(pack),
                       short_name(settings.history_file));
  }
  const auto* const pack = planned_pack(history);
  if (!pack) {
    return history.planned
               ? fmt::format("planned pack {} is not installed yet", history.planned->label)
               : std::string(why.meaning);
  }
  return fmt::format("planned pack {} was installed {}{}", pack->label,
                     when(pack->installations.back().at, facts.now),
                     why.verdict == Verdict::present ? ": it cannot be installed again" : "");
}

// What the licenses say about a new pack. If there are several kinds, one that is free does not
// stand for another.
std::string need_of_new_pack(const Facts& facts) {
  const bool known = facts.licenses && *facts.licenses && (*facts.licenses)->counts.size() == 1;
  if (!known) {
    return "If licenses are free, no new pack is needed; otherwise buy one, and install it with "
           "its own key.";
  }
  const auto& count = (*facts.licenses)->counts.front();
  if (count.available() > 0) {
    return fmt::format("{} of {} {} free, so no new pack is needed.", count.available(),
                       counted(count.installed, "license"), plural(count.available(), "is", "are"));
  }
  if (count.installed > 0) {
    return fmt::format(
        "{} assigned: if more are needed, buy a pack, and install it with its own key.",
        count.installed == 1 ? "The only license is"
                             : fmt::format("All {} licenses are", count.installed));
  }
  return "The inventory counts no license, so one of the exports may be wrong: compare both with "
         "License Management.";
}

std::string step_for_installed(const Facts& facts, const Settings& settings) {
  const auto& pack = *planned_pack(*facts.history);
  const auto& last = pack.installations.back();
  return fmt::format(
      "Do not install {} again: line {} of {} on {} has the key that is in {}, and says that it "
      "was installed {}. {} Then empty `planned_key_file` ({}).",
      name_of(pack), last.line, settings.history_file, facts.host,
      short_name(*settings.planned_key_file), when(last.at, facts.now), need_of_new_pack(facts),
      *settings.planned_key_file);
}

class PackProbe : public Probe {
 public:
  explicit PackProbe(Settings settings) : settings_(std::move(settings)) {}

  Outcome run(Deadline) override { return judge(gather(settings_), settings_); }

  std::vector<Right> rights(Deadline) override {
    std::vector<Right> rights{right_to_read(settings_.history_file)};
    for (const auto& file : {settings_.planned_key_file, settings_.inventory_file}) {
      if (file) rights.push_back(right_to_read(*file));
    }
    return rights;
  }

 private:
  Settings settings_;
};

std::unique_ptr<Probe> make(Options& options, const ProbeContext&) {
  Settings settings;
  settings.history_file = options.file("history_file");
  settings.planned_key_file = optional_file(options, "planned_key_file");
  settings.inventory_file = optional_file(options, "inventory_file");
  settings.max_age = read_max_age(options, settings.max_age);
  constexpr auto not_here = "write the key into a file and name it as 'planned_key_file'";
  for (const auto* key : {"planned_key", "product_key"}) {
    if (options.has(key)) options.error(key, not_here);
  }
  if (settings.planned_key_file && inventory::holds_key(short_name(*settings.planned_key_file))) {
    options.error("planned_key_file", not_here);
  }
  return std::make_unique<PackProbe>(std::move(settings));
}

}  // namespace

Facts gather(const Settings& settings) {
  Facts facts{std::chrono::system_clock::now(), {}};
  facts.host = host_name();
  std::optional<inventory::PlannedKey> planned;
  if (settings.planned_key_file) {
    auto read = inventory::read_planned_key(*settings.planned_key_file);
    if (read) {
      planned = std::move(*read);
    } else {
      facts.plan_fault = std::move(read.error());
    }
  }
  facts.history = inventory::read_history(settings.history_file, std::move(planned));
  if (settings.inventory_file) {
    facts.licenses = inventory::read_license_inventory(*settings.inventory_file);
  }
  return facts;
}

Outcome judge(const Facts& facts, const Settings& settings) {
  if (!facts.history) {
    const auto& fault = facts.history.error();
    Outcome outcome{fault.kind == FileFaultKind::missing ? &reason("history_missing")
                                                         : &reason("history_unreadable"),
                    fault.message};
    outcome.repair = {file_step(fault, facts.host)};
    outcome.action = outcome.repair.front().text;
    return outcome;
  }
  const auto& history = *facts.history;
  const auto stale = staleness(settings.history_file, history.data_at, facts.now, settings.max_age);
  Outcome outcome{&reason_of_plan(facts), ""};
  // The table of reasons is ordered from the worst to the best.
  if (std::ranges::any_of(history.packs, is_duplicate)) {
    outcome.reason = std::min(outcome.reason, &reason("duplicate_in_history"));
  }
  if (stale) outcome.reason = std::min(outcome.reason, &reason("history_stale"));
  outcome.summary = summary_of(facts, settings, *outcome.reason, stale);
  add_packs(facts, settings, outcome);
  add_plan(history, outcome);
  add_need(facts, outcome);
  add_samples(facts, stale.has_value(), outcome);
  if (outcome.reason == &reason("already_installed")) {
    outcome.action = step_for_installed(facts, settings);
  }
  if (outcome.reason == &reason("duplicate_in_history")) {
    outcome.action = what_to_do_about_duplicate(facts, settings);
    outcome.repair = duplicate_plan(facts, settings);
  }
  outcome.contradicts = outcome.reason == &reason("not_installed");
  outcome.source_data_at = history.data_at;
  return outcome;
}

ProbeKind kind() {
  return {"pack_already_installed",
          "Is the CAL pack that is about to be installed already in the installation history?",
          reasons,
          families,
          make,
          Cause::pack_already_installed,
          {},
          "planned_key_file"};
}

}  // namespace cal::pack_already_installed
