#include "probes/session_host_licensing/session_host_licensing.h"

#include "agent/base/host_name.h"
#include "agent/base/text.h"
#include "agent/contract/options.h"
#include "agent/contract/phase_timer.h"
#include "agent/contract/state_file.h"
#include "probes/farm/server_names.h"
#include "probes/host_verdict/reasons.h"
#include "probes/session_host_licensing/changes.h"
#include "probes/session_host_licensing/farm_metrics.h"
#include "probes/shared/file_options.h"
#include "probes/shared/file_rights.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal::session_host_licensing {

namespace {

constexpr int state_version = 1;
constexpr auto remembered_for = std::chrono::days(30);

class FarmProbe : public Probe {
 public:
  FarmProbe(std::shared_ptr<StateFile> state, Settings settings)
      : state_(std::move(state)), settings_(std::move(settings)) {}

  Outcome run(Deadline deadline) override {
    std::vector<Phase> phases;
    auto facts = [&] {
      const PhaseTimer timer(phases, "read");
      return gather(settings_, memory(), deadline);
    }();
    auto outcome = judge(facts, settings_);
    outcome.phases = std::move(phases);
    if (facts.exports.cut_short.empty()) remember_licensed(facts, judge_hosts(facts, settings_));
    state_->save(state_version, farm::saved(facts.memory));
    return outcome;
  }

  std::vector<Cause> causes() const override { return {Cause::licenses_exhausted, Cause::other}; }

  Profile profile() const override { return Profile::rds; }

  bool counts_licenses() const override { return true; }

  std::optional<HostAnswer> license_on(std::string_view host, Deadline deadline) override {
    return answer_for(host, gather(settings_, memory(), deadline), settings_);
  }

  std::vector<Right> rights(Deadline) override { return {right_to_read(settings_.exports)}; }

 private:
  // Read from its text in each run: between two, it would be most of what a farm needs.
  farm::Memory memory() {
    const auto saved = state_->load(state_version);
    if (!saved) return {};
    auto memory = farm::parse_memory(saved->text);
    if (!memory) state_->set_aside();
    return std::move(memory).value_or(farm::Memory{});
  }

  std::shared_ptr<StateFile> state_;
  Settings settings_;
};

std::vector<RosterHost> read_roster(Options& options) {
  std::vector<RosterHost> roster;
  for (auto& [text, mapping] : options.items("roster")) {
    if (!mapping) {
      roster.push_back({text});
      continue;
    }
    roster.push_back({mapping->text("host"), mapping->flag_or("may_be_off", false)});
    mapping->reject_unknown_keys();
  }
  if (roster.size() > farm::max_hosts) options.error("roster", "more than 500 session hosts");
  return roster;
}

std::unique_ptr<Probe> make(Options& options, const ProbeContext& context) {
  Settings settings;
  settings.exports = options.file("exports");
  settings.roster = read_roster(options);
  settings.retired = options.texts("retired");
  settings.max_age = read_max_age(options, settings.max_age);
  settings.failure_window = options.duration_or("failure_window", settings.failure_window,
                                                std::chrono::minutes(1), std::chrono::days(365));
  return std::make_unique<FarmProbe>(context.state(), std::move(settings));
}

// Those that the name may mean. Computers of two domains may have the same first label.
std::vector<const HostVerdict*> named(std::string_view host,
                                      const std::vector<HostVerdict>& verdicts) {
  const auto wanted = folded(host);
  const auto label = farm::short_name(wanted);
  const bool has_domain = label.size() < wanted.size();
  std::vector<const HostVerdict*> found;
  for (const auto& each : verdicts) {
    if (farm::short_name(each.host) != label) continue;
    if (has_domain && !each.dns_name.empty() && each.dns_name != wanted) continue;
    found.push_back(&each);
  }
  return found;
}

// Of a clear one. Exports that could not be read may show any fault, as in the probe's verdict.
const farm::ExportFault* unread(const Facts& facts, const HostVerdict& verdict) {
  if (verdict.reason->verdict != Verdict::clear) return nullptr;
  const auto fault = std::ranges::find(facts.exports.faults, "", &farm::ExportFault::computer);
  return fault == facts.exports.faults.end() ? nullptr : &*fault;
}

HostAnswer answer_of(const HostVerdict& verdict) {
  const auto& why = *verdict.reason;
  HostAnswer answer{std::nullopt, verdict.severity != Severity::ok, verdict.text};
  answer.data_at = verdict.data_at;
  if (answer.warning) answer.step = why.action;
  if (why.verdict == Verdict::unknown || &why == &reason("not_applicable")) return answer;
  if (!verdict.refusing_not_known.empty()) {
    answer.text +=
        fmt::format("; whether users are refused now is not known: {}", verdict.refusing_not_known);
    return answer;
  }
  answer.gets_license = !verdict.refuses();
  if (verdict.when && *answer.gets_license) {
    answer.text += fmt::format("; until {}", time_text(*verdict.when));
  }
  return answer;
}

}  // namespace

Facts gather(const Settings& settings, farm::Memory memory, Deadline deadline) {
  Facts facts{std::chrono::system_clock::now(), farm::read_exports(settings.exports, deadline), {}};
  facts.host = host_name();
  facts.memory = farm::remember(std::move(memory), facts.exports.hosts, facts.now, remembered_for);
  return facts;
}

// `preflight --host`: one host's verdict as an answer.
HostAnswer answer_for(std::string_view host, const Facts& facts, const Settings& settings) {
  if (!facts.exports.cut_short.empty()) return {std::nullopt, false, facts.exports.cut_short};
  const auto verdicts = judge_hosts(facts, settings);
  const auto found = named(host, verdicts);
  if (found.empty()) {
    return {std::nullopt, false,
            fmt::format("there is no export of {}; {} one", host,
                        counted(verdicts.size(), "host has", "hosts have"))};
  }
  if (found.size() > 1) {
    return {std::nullopt, false,
            fmt::format("{} session hosts have the name {}; give the DNS name of one", found.size(),
                        host)};
  }
  if (const auto* const fault = unread(facts, *found.front())) {
    const auto& unreadable = reason("export_unreadable");
    return {std::nullopt, true, fault->fault.message, std::string(unreadable.action),
            found.front()->data_at};
  }
  return answer_of(*found.front());
}

ProbeKind kind() {
  return {"session_host_licensing",
          "Would a user who signs in to a session host now get a license, and from which server?",
          all_reasons, families(), make};
}

}  // namespace cal::session_host_licensing
