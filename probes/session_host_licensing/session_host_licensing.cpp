#include "probes/session_host_licensing/session_host_licensing.h"

#include "agent/contract/options.h"
#include "agent/contract/phase_timer.h"
#include "agent/contract/state_file.h"
#include "probes/host_verdict/reasons.h"
#include "probes/session_host_licensing/changes.h"
#include "probes/session_host_licensing/farm_metrics.h"
#include "probes/shared/file_options.h"
#include "probes/shared/file_rights.h"

namespace cal::session_host_licensing {

namespace {

constexpr int state_version = 1;
constexpr auto remembered_for = std::chrono::days(30);

class FarmProbe : public Probe {
 public:
  FarmProbe(std::shared_ptr<StateFile> state, Settings settings)
      : state_(std::move(state)), settings_(std::move(settings)) {}

  Outcome run(Deadline deadline) override {
    load();
    std::vector<Phase> phases;
    auto facts = [&] {
      const PhaseTimer timer(phases, "read");
      return gather(settings_, memory_, deadline);
    }();
    auto outcome = judge(facts, settings_);
    outcome.phases = std::move(phases);
    if (facts.exports.cut_short.empty()) remember_licensed(facts, judge_hosts(facts, settings_));
    keep(facts.memory);
    return outcome;
  }

  std::vector<Cause> causes() const override { return {Cause::licenses_exhausted, Cause::other}; }

  Profile profile() const override { return Profile::rds; }

  bool counts_licenses() const override { return true; }

  std::optional<HostAnswer> license_on(std::string_view host, Deadline deadline) override {
    load();
    return answer_for(host, gather(settings_, memory_, deadline), settings_);
  }

  std::vector<Right> rights(Deadline) override { return {right_to_read(settings_.exports)}; }

 private:
  void load() {
    if (loaded_) return;
    loaded_ = true;
    const auto saved = state_->load(state_version);
    if (!saved) return;
    if (auto memory = farm::parse_memory(saved->text)) {
      memory_ = std::move(*memory);
    } else {
      state_->set_aside();
    }
  }

  void keep(const farm::Memory& memory) {
    if (memory != memory_) unsaved_ = true;
    memory_ = memory;
    if (unsaved_ && state_->save(state_version, farm::saved(memory_))) unsaved_ = false;
  }

  std::shared_ptr<StateFile> state_;
  Settings settings_;
  farm::Memory memory_;
  bool loaded_ = false;
  bool unsaved_ = false;
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
  return std::make_unique<FarmProbe>(context.state, std::move(settings));
}

}  // namespace

Facts gather(const Settings& settings, farm::Memory memory, Deadline deadline) {
  Facts facts{std::chrono::system_clock::now(), farm::read_exports(settings.exports, deadline), {}};
  facts.memory = farm::remember(std::move(memory), facts.exports.hosts, facts.now, remembered_for);
  return facts;
}

ProbeKind kind() {
  return {"session_host_licensing",
          "Would a user who signs in to a session host now get a license, and from which server?",
          all_reasons, families(), make};
}

}  // namespace cal::session_host_licensing
