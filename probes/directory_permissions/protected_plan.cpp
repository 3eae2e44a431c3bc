#include "probes/directory_permissions/protected_plan.h"

#include "agent/base/text.h"
#include "probes/ad/distinguished_name.h"
#include "probes/directory_permissions/plan_entries.h"
#include "probes/directory_permissions/user_permissions.h"
#include "probes/repair/account_change.h"
#include "probes/repair/descriptor_change.h"
#include "probes/repair/words.h"
#include "probes/security/sddl.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace cal::directory_permissions {

namespace {

using ad::SampledUser;
using security::Ace;
using security::Descriptor;

constexpr std::size_t max_named = 5;

class ProtectedPlanner {
 public:
  ProtectedPlanner(Facts& edited, const Settings& settings,
                   const std::function<Outcome(const Facts&)>& judge_again)
      : edited_(edited), settings_(settings), judge_again_(judge_again) {}

  std::vector<RepairStep> plan() {
    std::vector<SampledUser> stay;
    const auto users = edited_.users->protected_ones;
    for (const auto& user : users) {
      if (lacking_on(user).empty()) continue;
      const auto* const protection = protection_of(user);
      if (protection == nullptr || !protection->is_over()) {
        stay.push_back(user);
      } else {
        let_inherit(user);
      }
    }
    if (!stay.empty()) decide_on(stay);
    return std::move(steps_);
  }

 private:
  std::vector<const Trustee*> lacking_on(const SampledUser& user) const {
    std::vector<const Trustee*> lacking;
    for (const auto& trustee : settings_.trustees) {
      if (lack_of(edited_, {user}, trustee) == UserLack::entry) lacking.push_back(&trustee);
    }
    return lacking;
  }

  const ad::Protection* protection_of(const SampledUser& user) const {
    const auto found = std::ranges::find(edited_.protections, user.object.dn, &ProtectionOf::dn);
    return found == edited_.protections.end() ? nullptr : &found->protection;
  }

  void add(RepairStep step, std::string text, std::vector<std::string> beside) {
    step.text = std::move(text);
    step.beside = std::move(beside);
    steps_.push_back(std::move(step));
  }

  void predict(RepairStep& step) const {
    const auto outcome = judge_again_(edited_);
    step.prediction = outcome.summary;
    step.expected = outcome.reason->word;
    step.server = repair::host_of(edited_.server);
  }

  static std::vector<Ace> entries_for(const std::vector<const Trustee*>& trustees) {
    std::vector<Ace> aces;
    aces.reserve(trustees.size());
    for (const auto* trustee : trustees) aces.push_back(entry_on_user(*trustee));
    return aces;
  }

  static void add_notes(const std::vector<const Trustee*>& trustees,
                        std::vector<std::string>& beside) {
    for (const auto* trustee : trustees) {
      if (const auto note = note_on(*trustee); !note.empty()) beside.emplace_back(note);
    }
  }

  // The user as it is when it inherits again; empty if what it would inherit cannot be seen.
  std::optional<Descriptor> inheriting(const SampledUser& user, const Descriptor& own) const {
    const auto parent = folded(ad::parent_of(user.object.dn));
    const auto found = std::ranges::find_if(
        edited_.containers, [&](const auto& container) { return folded(container.dn) == parent; });
    if (found == edited_.containers.end()) return std::nullopt;
    const auto container = descriptor_of(*found);
    if (!container) return std::nullopt;
    auto whole = own;
    const auto inherited = inherited_by_user(*container, edited_.users->object_class.guid);
    whole.dacl->aces.insert(whole.dacl->aces.end(), inherited.begin(), inherited.end());
    return whole;
  }

  static SampledUser with(SampledUser user, const Descriptor& descriptor) {
    user.object.descriptor = security::octets(descriptor).value_or("");
    return user;
  }

  // For an account that only has the traces of a protection that is over.
  void let_inherit(const SampledUser& user) {
    const auto& dn = user.object.dn;
    std::vector<std::string> beside{
        "It is in no group that AdminSDHolder protects, and all of its groups were seen: what is "
        "left of an earlier protection is adminCount = 1, and permissions that inherit nothing.",
        fmt::format("What AdminSDHolder copied to it stays, and it gets again what {} passes on to "
                    "users.",
                    ad::parent_of(dn)),
        "The right to change its permissions (WRITE_DAC) and to write adminCount is enough. It "
        "reaches other domain controllers by replication.",
        "If adminCount is 1 again after an hour, something protects the account that was not seen "
        "here."};
    const auto before = descriptor_of(user.object);
    auto after = before;
    if (after) {
      using namespace security::control;
      after->control &= static_cast<std::uint16_t>(~(dacl_protected | dacl_auto_inherit_required));
      after->control |= dacl_auto_inherited;
    }
    const auto whole = after && after->dacl ? inheriting(user, *after) : std::nullopt;
    if (!whole || !user.object.guid) {
      return add({},
                 fmt::format("Clear adminCount of {}, and let it inherit permissions again "
                             "(Properties > Security > Advanced > Enable inheritance). No command "
                             "is given, because the container above it, or its objectGUID, cannot "
                             "be seen.",
                             dn),
                 std::move(beside));
    }
    const auto missing = lacking_on(with(user, *whole));
    const auto aces = entries_for(missing);
    insert_own(aces, after->dacl->aces);
    auto step = repair::end_protection({edited_.server, *user.object.guid, dn}, *before, *after);
    if (!aces.empty()) {
      beside.insert(beside.begin() + 2,
                    "The new entry gives only the right to read and write licenses. It is needed "
                    "because what is inherited does not give it.");
    }
    add_notes(lacking_on(user), beside);
    const bool has_command = step.has_value();
    if (!step) step = RepairStep{};
    auto now = *whole;
    insert_own(aces, now.dacl->aces);
    auto& all = edited_.users->protected_ones;
    std::erase_if(all, [&](const SampledUser& each) { return each.object.dn == dn; });
    edited_.users->ordinary.push_back(with(user, now));
    predict(*step);
    add(std::move(*step),
        fmt::format("Let {} inherit permissions again and clear its adminCount{}.{}", dn,
                    aces.empty() ? "" : fmt::format("; add {}", texts_of(aces)),
                    has_command ? "" : " It cannot be in a command."),
        std::move(beside));
  }

  // "petra → Printing → Print Operators (S-1-5-32-550)"
  static std::string way_text(const ad::ProtectingGroup& group) {
    if (group.chain.empty()) {
      return fmt::format("{} ({}), by a way that is hidden from the agent", group.name,
                         group.sid.text());
    }
    return fmt::format("{} ({})", linked(group.chain), group.sid.text());
  }

  std::string why_protected(const SampledUser& user) const {
    const auto& dn = user.object.dn;
    const auto* const protection = protection_of(user);
    if (protection == nullptr) return fmt::format("{}: its groups were not looked at.", dn);
    std::vector<std::string> parts;
    if (protection->is_by_itself) parts.emplace_back("it is always protected, without a group");
    for (const auto& group : protection->groups) parts.push_back(way_text(group));
    if (!protection->not_seen.empty()) {
      parts.push_back(fmt::format("{} groups were not all seen: {}",
                                  protection->groups.empty() ? "its" : "its other",
                                  protection->not_seen));
    }
    return fmt::format("{} is protected: {}.", dn, fmt::join(parts, "; "));
  }

  // For accounts that are protected, or may be.
  void decide_on(const std::vector<SampledUser>& users) {
    std::vector<std::string> reasons;
    std::vector<std::string> names;
    for (const auto& user : users) {
      names.push_back(user.object.dn);
      if (reasons.size() < max_named) reasons.push_back(why_protected(user));
    }
    if (users.size() > max_named) {
      reasons.push_back(fmt::format("So are others: {} in all.", users.size()));
    }
    const bool can_leave = std::ranges::any_of(users, [&](const SampledUser& user) {
      const auto* const protection = protection_of(user);
      return protection == nullptr || !protection->is_by_itself;
    });
    if (!can_leave) return change_template(users, std::move(reasons));
    leave_groups(std::move(names), std::move(reasons));
    change_template(users, {});
    steps_.back().is_alternative = true;
  }

  void leave_groups(std::vector<std::string> names, std::vector<std::string> reasons) {
    const auto total = names.size();
    names.resize(std::min(total, max_named));
    auto beside = std::move(reasons);
    beside.emplace_back(
        "It costs the account the rights of these groups, from its next logon on, and gives nobody "
        "a right. To undo it, add the account to the group again.");
    beside.emplace_back(
        "Until adminCount is cleared and the account inherits again, it keeps the permissions that "
        "were copied to it.");
    add({},
        fmt::format("If {} only {} on session hosts: an administrator of the domain takes {} out "
                    "of the groups that protect {}. Then run `cal_exporter repair` again: it has "
                    "the commands that let {} inherit permissions again, and their undo.",
                    list_of_first(names, total), total == 1 ? "works" : "work",
                    total == 1 ? "it" : "them", total == 1 ? "it" : "them",
                    total == 1 ? "it" : "them"),
        std::move(beside));
  }

  void change_template(const std::vector<SampledUser>& users, std::vector<std::string> beside) {
    const auto& holder = edited_.users->template_object;
    const auto before = descriptor_of(holder);
    const auto missing =
        before ? lacking_on({holder, security::Sid{}}) : std::vector<const Trustee*>{};
    const bool denies = std::ranges::any_of(settings_.trustees, [&](const Trustee& trustee) {
      return lack_of(edited_, {{holder, security::Sid{}}}, trustee) == UserLack::denied;
    });
    if (denies) {
      return add(
          {},
          fmt::format("If it has to stay protected: an administrator of the domain finds out "
                      "who set the entry of {} that denies the permission, and why, and "
                      "removes it there.",
                      holder.dn),
          std::move(beside));
    }
    if (before && missing.empty()) {
      beside.emplace_back(
          "If they still lack it after an hour, the PDC emulator does not copy them: look for "
          "errors in its event log.");
      return add({},
                 fmt::format("If it has to stay protected: wait. {} grants the permission, and its "
                             "permissions are copied to protected accounts within an hour.",
                             holder.dn),
                 std::move(beside));
    }
    std::vector<const Trustee*> trustees = missing;
    if (!before) trustees = lacking_on(users.front());
    const auto aces = entries_for(trustees);
    beside.emplace_back(
        "It gives the right to read and write licenses, and no other, on every protected account "
        "of the domain, those of administrators too, within an hour.");
    beside.emplace_back(
        "No command is given for what reaches every administrator. Save the access list of "
        "AdminSDHolder as SDDL before: the runbook of this probe has the lines for that, and "
        "those that give it back.");
    add_notes(trustees, beside);
    RepairStep step;
    if (before && before->dacl) predict_copies(users, *before, aces, step);
    add(std::move(step),
        fmt::format("If {} to stay protected: an administrator of the domain adds {} to the "
                    "permissions of {}{}.",
                    users.size() == 1 ? "it has" : "they have", texts_of(aces), holder.dn,
                    before ? "" : ", which cannot be seen here, unless it is there already"),
        std::move(beside));
  }

  // When AdminSDHolder's permissions have been copied to these accounts.
  void predict_copies(const std::vector<SampledUser>& users, Descriptor holder,
                      const std::vector<Ace>& aces, RepairStep& step) {
    insert_own(aces, holder.dacl->aces);
    const auto bytes = security::octets(holder);
    if (!bytes) return;
    edited_.users->template_object.descriptor = *bytes;
    for (auto& each : edited_.users->protected_ones) {
      const bool stays = std::ranges::any_of(
          users, [&](const SampledUser& user) { return user.object.dn == each.object.dn; });
      if (stays) each.object.descriptor = *bytes;
    }
    predict(step);
  }

  Facts& edited_;
  const Settings& settings_;
  const std::function<Outcome(const Facts&)>& judge_again_;
  std::vector<RepairStep> steps_;
};

}  // namespace

std::vector<RepairStep> protected_plan(Facts& edited, const Settings& settings,
                                       const std::function<Outcome(const Facts&)>& judge_again) {
  return ProtectedPlanner(edited, settings, judge_again).plan();
}

}  // namespace cal::directory_permissions
