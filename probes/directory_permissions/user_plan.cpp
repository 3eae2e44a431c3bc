#include "probes/directory_permissions/user_plan.h"

#include "agent/base/text.h"
#include "probes/directory_permissions/permission_reasons.h"
#include "probes/directory_permissions/plan_entries.h"
#include "probes/directory_permissions/protected_plan.h"
#include "probes/directory_permissions/user_permissions.h"
#include "probes/repair/account_change.h"
#include "probes/repair/descriptor_change.h"
#include "probes/repair/words.h"
#include "probes/security/sddl.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

namespace cal::directory_permissions {

namespace {

using ad::SecuredObject;
using security::Ace;
using security::Descriptor;

// The trustees that lack an entry on users of this sort, and whether an entry denies something.
struct Lack {
  std::vector<const Trustee*> trustees;
  bool denied = false;
};

class UserPlanner {
 public:
  UserPlanner(const Facts& facts, const Settings& settings,
              const std::function<Outcome(const Facts&)>& judge_again)
      : edited_(facts), settings_(settings), judge_again_(judge_again) {}

  std::vector<RepairStep> plan() {
    const auto ordinary = lack_on(&ad::UserSample::ordinary);
    const auto protected_ones = lack_on(&ad::UserSample::protected_ones);
    if (ordinary.denied || protected_ones.denied) {
      advise(
          "An entry that denies a permission is named in the evidence. Somebody set it: an "
          "administrator of the domain has to find out who and why, and remove it where it is set "
          "(ADSI Edit, Properties > Security > Advanced, \"Inherited from\").");
    }
    if (!ordinary.trustees.empty()) delegate(ordinary.trustees);
    if (!protected_ones.trustees.empty()) {
      std::ranges::move(protected_plan(edited_, settings_, judge_again_),
                        std::back_inserter(steps_));
    }
    return std::move(steps_);
  }

 private:
  Lack lack_on(std::vector<ad::SampledUser> ad::UserSample::*users) const {
    Lack lack;
    for (const auto& trustee : settings_.trustees) {
      switch (lack_of(edited_, (*edited_.users).*users, trustee)) {
        case UserLack::none:
          break;
        case UserLack::entry:
          lack.trustees.push_back(&trustee);
          break;
        case UserLack::denied:
          lack.denied = true;
          break;
      }
    }
    return lack;
  }

  void advise(std::string text) { steps_.push_back({std::move(text)}); }

  void delegate(const std::vector<const Trustee*>& trustees) {
    const auto& users = *edited_.users;
    std::vector<Ace> aces;
    aces.reserve(trustees.size());
    for (const auto* trustee : trustees) {
      aces.push_back(entry_for_users(*trustee, users.object_class.guid));
    }
    const auto* const container = edited_.containers.empty() ? nullptr : &edited_.containers.back();
    if (folded(users.base) == folded(edited_.domain.dn)) {
      advise(
          fmt::format("These users lack {}. A permission on the head of the domain reaches every "
                      "user, so no command is given: name the OU of the users that use Remote "
                      "Desktop as `users`, and the plan has the command for it; or an "
                      "administrator of the domain delegates it by the action above.",
                      texts_of(aces)));
      return;
    }
    const auto before = container != nullptr ? descriptor_of(*container) : std::nullopt;
    if (!before || !before->dacl || !container->guid || !users.object_class.guid) {
      advise(
          fmt::format("The permissions of {} cannot be read: an administrator of the domain has "
                      "to add {} there.",
                      users.base, texts_of(aces)));
      return;
    }
    auto after = *before;
    insert_own(aces, after.dacl->aces);
    auto step = repair::change_descriptor({edited_.server, *container->guid, container->dn},
                                          repair::Part::dacl, *before, after);
    if (!step) step = RepairStep{};
    step->text = fmt::format("In the permissions of {}: add {}.", container->dn, texts_of(aces));
    step->beside = {
        "It holds for all users below this container that inherit permissions, and gives no other "
        "right. If the entry was lost on some users only, this is wider than what was there. The "
        "right to change the permissions of this container (WRITE_DAC) is enough.",
        "Users inherit it shortly after the change. It reaches other domain controllers by "
        "replication."};
    for (const auto* trustee : trustees) {
      if (const auto note = note_on(*trustee); !note.empty()) step->beside.emplace_back(note);
    }
    step->beside.emplace_back(repair::owned_elsewhere);
    predict(*step, aces);
    steps_.push_back(std::move(*step));
  }

  // Nothing is predicted if it cannot be seen whether every user inherits the entry.
  void predict(RepairStep& step, const std::vector<Ace>& aces) {
    for (auto& user : edited_.users->ordinary) {
      auto descriptor = descriptor_of(user.object);
      const auto inherits = inherits_from_base(user.object);
      if (!descriptor || !descriptor->dacl || !inherits) return;
      if (!*inherits || is_protected(*descriptor)) continue;
      for (auto ace : aces) {
        ace.flags = security::ace_flag::inherited;
        ace.inherited_object_type.reset();
        descriptor->dacl->aces.push_back(std::move(ace));
      }
      auto bytes = security::octets(*descriptor);
      if (!bytes) return;
      user.object.descriptor = std::move(*bytes);
    }
    const auto outcome = judge_again_(edited_);
    step.prediction = outcome.summary;
    step.expected = outcome.reason->word;
    step.server = repair::host_of(edited_.server);
  }

  // Whether all containers between the base and the object inherit permissions; empty: not seen.
  std::optional<bool> inherits_from_base(const SecuredObject& object) const {
    const auto base = folded(edited_.users->base);
    for (auto dn = ad::parent_of(object.dn); folded(dn) != base; dn = ad::parent_of(dn)) {
      const auto found = std::ranges::find_if(edited_.containers, [&](const auto& container) {
        return folded(container.dn) == folded(dn);
      });
      if (dn.empty() || found == edited_.containers.end()) return std::nullopt;
      const auto descriptor = descriptor_of(*found);
      if (!descriptor) return std::nullopt;
      if (is_protected(*descriptor)) return false;
    }
    return true;
  }

  Facts edited_;
  const Settings& settings_;
  const std::function<Outcome(const Facts&)>& judge_again_;
  std::vector<RepairStep> steps_;
};

}  // namespace

std::vector<RepairStep> user_plan(const Facts& facts, const Settings& settings,
                                  const std::function<Outcome(const Facts&)>& judge_again) {
  if (judge_again(facts).reason->verdict != Verdict::present) return {};
  return UserPlanner(facts, settings, judge_again).plan();
}

}  // namespace cal::directory_permissions
