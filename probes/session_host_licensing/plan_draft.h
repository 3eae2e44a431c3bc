// The steps of a plan while they are made. What a step predicts builds on those before it, so that
// the facts are edited as if they had been done. Pure.
#pragma once

#include "probes/session_host_licensing/candidates.h"
#include "probes/session_host_licensing/changes.h"
#include "probes/session_host_licensing/host_settings.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cal::session_host_licensing {

struct PlanDraft {
  // All of them must outlive it.
  PlanDraft(const Facts& all_facts, const std::vector<Group>& groups,
            const std::function<Outcome(const Facts&)>& judge)
      : facts(all_facts),
        candidates(all_facts.exports, groups),
        judge_again(judge),
        edited(all_facts) {}

  void advise(std::string text);
  void advise_instead(std::string text);
  void note(std::string text);  // beside the last step; empty: none

  // A step that gives the hosts these settings, with what it predicts. Without a step it is advice.
  void add(std::optional<RepairStep> step, const Batch& batch, std::string text,
           std::vector<std::string> beside, Place place, const farm::LicensingSettings& settings);

  // Whether it is: then the hosts do not have what they should, and setting it again is no help.
  bool is_set_already(const Batch& batch, std::string_view what, bool by_policy, bool by_broker);

  // ", as it was until 02:10 UTC", of what changed.
  std::string until_text() const;

  const Facts& facts;
  const Candidates candidates;
  const std::function<Outcome(const Facts&)>& judge_again;
  Facts edited;                      // by the steps so far
  Changes changes = {};              // of the hosts that are planned for
  std::vector<Change> settled = {};  // by the steps so far
  std::vector<RepairStep> steps = {};

 private:
  bool is_same_for_others(const Batch& batch, const farm::LicensingSettings& settings,
                          const Outcome& outcome) const;
};

// "RDSH1, RDSH2 and 10 more"
std::string hosts_text(const Batch& batch);

}  // namespace cal::session_host_licensing
