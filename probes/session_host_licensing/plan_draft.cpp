#include "probes/session_host_licensing/plan_draft.h"

#include "agent/base/text.h"
#include "probes/session_host_licensing/deployment_notes.h"
#include "probes/session_host_licensing/phrases.h"

#include <fmt/format.h>

#include <utility>

namespace cal::session_host_licensing {

namespace {

using Names = std::vector<std::string>;

constexpr std::size_t max_hosts_shown = 10;  // in a sentence

}  // namespace

void PlanDraft::advise(std::string text) { steps.push_back({std::move(text)}); }

void PlanDraft::advise_instead(std::string text) {
  advise(std::move(text));
  steps.back().is_alternative = true;
}

void PlanDraft::note(std::string text) {
  if (!text.empty()) steps.back().beside.push_back(std::move(text));
}

void PlanDraft::add(std::optional<RepairStep> step, const Batch& batch, std::string text,
                    Names beside, Place place, const farm::LicensingSettings& settings) {
  if (!step) step = RepairStep{};
  step->text = std::move(text);
  step->beside = std::move(beside);
  if (place == Place::deployment) {
    step->beside.insert(step->beside.begin(),
                        {where_to_run(batch), other_hosts_note(batch, settings, facts)});
  }
  std::erase(step->beside, "");
  for (const auto* host : batch) {
    const auto index = static_cast<std::size_t>(host - facts.exports.hosts.data());
    give(edited.exports.hosts.at(index), place, settings);
  }
  // What hosts and servers would answer is in no export, so nothing is predicted of that.
  const auto outcome = judge_again(edited);
  if (outcome.reason->verdict != Verdict::unknown &&
      (place != Place::deployment || is_same_for_others(batch, settings, outcome))) {
    step->prediction = outcome.summary;
    step->expected = outcome.reason->word;
  }
  steps.push_back(std::move(*step));
}

// Whether it is found, too, if hosts of which it is not known belong to the deployment.
bool PlanDraft::is_same_for_others(const Batch& batch, const farm::LicensingSettings& settings,
                                   const Outcome& outcome) const {
  auto reached = edited;
  if (!give_to_others(batch, facts, settings, reached)) return true;
  const auto other = judge_again(reached);
  return other.reason == outcome.reason && other.summary == outcome.summary;
}

bool PlanDraft::is_set_already(const Batch& batch, std::string_view what, bool by_policy,
                               bool by_broker) {
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

std::string PlanDraft::until_text() const {
  return fmt::format(", as it was until {}", short_time_text(*changes.licensed_at, facts.now));
}

std::string hosts_text(const Batch& batch) {
  Names names;
  for (const auto* host : batch) {
    if (names.size() < max_hosts_shown) names.push_back(host->name);
  }
  return list_with_and(names, batch.size());
}

}  // namespace cal::session_host_licensing
