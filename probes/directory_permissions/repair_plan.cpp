#include "probes/directory_permissions/repair_plan.h"

#include "agent/base/text.h"
#include "probes/directory_permissions/inherited_denials.h"
#include "probes/directory_permissions/plan_entries.h"
#include "probes/repair/account_change.h"
#include "probes/repair/descriptor_change.h"
#include "probes/repair/words.h"
#include "probes/security/sddl.h"
#include "probes/security/well_known_sids.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace cal::directory_permissions {

namespace {

using repair::Part;
using security::AccessResult;
using security::Ace;
using security::Decision;
using security::Descriptor;
namespace right = security::right;

constexpr auto set_by_somebody = "Somebody may have set this denial on purpose: ask first.";
constexpr auto only_properties =
    "Nothing else is denied, and whether the licensing service writes these properties is not "
    "documented. If no installation fails (event 5), nothing has to be repaired today.";

// Whether only some properties of an object are concerned, all of which are checked.
bool is_about_properties(const Ace& ace) {
  return ace.object_type && ace.mask == right::write_property;
}

bool is_from_above(const Ace& ace) { return (ace.flags & security::ace_flag::inherited) != 0; }

// The entry that lets a trustee read and write, and nothing more.
Ace entry_for(const Trustee& trustee) {
  Ace ace;
  ace.sid = trustee.token.front();
  ace.mask = right::read_property | right::write_property;
  if (trustee.object_type) {
    ace.type = security::ace_type::allowed_object;
    ace.object_type = trustee.object_type;
  } else {
    ace.mask |= right::list_contents | right::read_control;
  }
  return ace;
}

// What has to change in the access list until every trustee is granted what it needs.
struct Changes {
  Descriptor after;         // with the object's own entries changed
  Descriptor wholly_after;  // and without the inherited ones that deny
  std::vector<Ace> removed = {};
  std::vector<Ace> added = {};
  std::vector<Ace> inherited = {};  // to be removed where they come from
};

std::optional<security::TrusteeRights> rights_in(const Descriptor& descriptor, const Facts& facts,
                                                 const Trustee& trustee) {
  const auto bytes = security::octets(descriptor);
  if (!bytes) return std::nullopt;
  const auto view = security::DescriptorView::parse(std::as_bytes(std::span(*bytes)));
  if (!view) return std::nullopt;
  return security::rights_of({*view, descriptor, facts.object_class.guid, facts.domain.sid},
                             trustee);
}

std::vector<const AccessResult*> denials_of(const security::TrusteeRights& rights) {
  std::vector<const AccessResult*> denials;
  for (const auto* result : {&rights.read, &rights.write}) {
    if (result->decision == Decision::denied) denials.push_back(result);
  }
  for (const auto& [type, result] : rights.denied_properties) denials.push_back(&result);
  return denials;
}

// Removes the entry that denies, or adds one that allows. Whether something changed.
bool mend(Changes& changes, const Trustee& trustee, const AccessResult& denial) {
  auto& aces = changes.wholly_after.dacl->aces;
  if (denial.because != security::Because::deny) {
    const auto ace = entry_for(trustee);
    if (std::ranges::find(changes.added, ace) != changes.added.end()) return false;
    changes.added.push_back(ace);
    insert_own({ace}, changes.after.dacl->aces);
    insert_own({ace}, aces);
    return true;
  }
  const auto index = *denial.aces.begin();
  const auto ace = aces.at(index);
  aces.erase(aces.begin() + index);
  if (is_from_above(ace)) {
    changes.inherited.push_back(ace);
  } else {
    changes.removed.push_back(ace);
    auto& own = changes.after.dacl->aces;
    own.erase(std::ranges::find(own, ace));
  }
  return true;
}

// Empty if the list cannot be evaluated, or no list would help.
std::optional<Changes> changes_for(const Descriptor& before, const Facts& facts,
                                   const Settings& settings) {
  constexpr int max_changes = 64;
  Changes changes{before, before};
  if (!before.dacl) return changes;  // nothing protects the object, so nothing is denied
  for (const auto& trustee : settings.trustees) {
    for (int i = 0;; ++i) {
      const auto rights = rights_in(changes.wholly_after, facts, trustee);
      if (!rights || i == max_changes) return std::nullopt;
      const auto denials = denials_of(*rights);
      if (denials.empty()) break;
      if (!mend(changes, trustee, *denials.front())) return std::nullopt;
    }
  }
  return changes;
}

// AdminSDHolder is copied to every protected account, and the domain's head to everything: what
// is changed there is for somebody to decide who knows the domain.
bool is_too_far_reaching(const std::string& dn, const ad::Domain& domain) {
  return folded(dn) == folded(domain.dn) ||
         folded(dn) == folded("CN=AdminSDHolder,CN=System," + domain.dn);
}

class Planner {
 public:
  Planner(const Facts& facts, const Settings& settings,
          const std::function<Outcome(const Facts&)>& judge_again)
      : edited_(facts), settings_(settings), judge_again_(judge_again) {}

  std::vector<RepairStep> plan() {
    const auto before = descriptor_of(edited_.object);
    if (!before) return {};
    if (auto changes = changes_for(*before, edited_, settings_)) {
      change_own_entries(*before, *changes);
      change_inherited_entries(*changes);
      change_owner(changes->wholly_after);
    }
    return std::move(steps_);
  }

 private:
  // Adds the step with what the probe finds when the object's descriptor is `after`.
  void add(std::optional<RepairStep> step, std::string text, std::vector<std::string> beside,
           const Descriptor& after) {
    auto bytes = security::octets(after);
    if (!bytes) return;
    edited_.object.descriptor = std::move(*bytes);
    if (!step) step = RepairStep{};
    step->text = std::move(text);
    step->beside = std::move(beside);
    const auto outcome = judge_again_(edited_);
    step->prediction = outcome.summary;
    for (const auto& each : outcome.evidence) {
      const bool decides = each.form == Evidence::Form::entry && each.verdict;
      if (decides) step->prediction += fmt::format("; {}: {}", each.item, each.text);
    }
    step->expected = outcome.reason->word;
    step->server = repair::host_of(edited_.server);
    steps_.push_back(std::move(*step));
  }

  std::optional<RepairStep> change(const ad::SecuredObject& object, Part part,
                                   const Descriptor& before, const Descriptor& after) const {
    if (!object.guid || is_too_far_reaching(object.dn, edited_.domain)) return std::nullopt;
    return repair::change_descriptor({edited_.server, *object.guid, object.dn}, part, before,
                                     after);
  }

  void change_own_entries(const Descriptor& before, const Changes& changes) {
    const auto& [after, wholly_after, removed, added, inherited] = changes;
    if (removed.empty() && added.empty()) return;
    std::vector<std::string> done;
    if (!removed.empty()) done.push_back(fmt::format("remove {}", texts_of(removed)));
    if (!added.empty()) done.push_back(fmt::format("add {}", texts_of(added)));
    std::vector<std::string> beside;
    if (!removed.empty()) beside.emplace_back(set_by_somebody);
    const bool whole_object = std::ranges::none_of(
        settings_.trustees, [](const Trustee& trustee) { return trustee.object_type.has_value(); });
    if (whole_object && added.empty() && std::ranges::all_of(removed, is_about_properties)) {
      beside.emplace_back(only_properties);
    }
    if (!added.empty()) {
      const bool is_for_system = std::ranges::all_of(
          added, [](const Ace& ace) { return security::alias_of(ace.sid, std::nullopt) == "SY"; });
      beside.push_back(fmt::format(
          "The new entry gives only what is checked, to read and to write.{}",
          is_for_system ? " A container that is new has full control for SYSTEM." : ""));
    }
    beside.emplace_back(
        "The right to change the permissions of this object (WRITE_DAC) is enough; to be its owner "
        "may not be (updates since CVE-2021-42291). It reaches other domain controllers by "
        "replication.");
    beside.emplace_back(repair::owned_elsewhere);
    add(change(edited_.object, Part::dacl, before, after),
        fmt::format("In the permissions of {}: {}.", edited_.object.dn, fmt::join(done, "; ")),
        std::move(beside), after);
  }

  void change_inherited_entries(const Changes& changes) {
    auto now = changes.after;
    for (const auto& ace : changes.inherited) {
      auto& aces = now.dacl->aces;
      aces.erase(std::ranges::find(aces, ace));
      const auto source = source_of(ace, edited_.ancestors);
      if (!source) {
        add(std::nullopt,
            fmt::format("{} inherits {} from a container above it that cannot be seen: find it in "
                        "ADSI Edit (Properties > Security > Advanced, \"Inherited from\").",
                        edited_.object.dn, texts_of({ace})),
            {}, now);
        continue;
      }
      auto after = source->descriptor;
      after.dacl->aces.erase(after.dacl->aces.begin() + static_cast<std::ptrdiff_t>(source->index));
      const bool advise = is_too_far_reaching(source->object->dn, edited_.domain);
      add(change(*source->object, Part::dacl, source->descriptor, after),
          fmt::format("{} passes {} on to {}: remove it there.{}", source->object->dn,
                      texts_of({ace}), edited_.object.dn,
                      advise ? " It holds for the whole domain, so find out first who set it and "
                               "why; no command is given for that."
                             : ""),
          {set_by_somebody,
           fmt::format("It is removed from everything below {} too.", source->object->dn),
           repair::owned_elsewhere},
          now);
    }
  }

  void change_owner(const Descriptor& before) {
    if (!settings_.owner || before.owner == settings_.owner) return;
    auto after = before;
    after.owner = settings_.owner;
    add(change(edited_.object, Part::owner, before, after),
        fmt::format("Make {} the owner of {}, instead of {}.",
                    security::name_with_sid(*settings_.owner), edited_.object.dn,
                    before.owner ? security::name_with_sid(*before.owner) : "no one"),
        {"An owner alone does not stop a write, so nothing fails until this is done.",
         "Only an account with the privilege to restore files (SeRestorePrivilege) on that domain "
         "controller may make another one the owner: run it there as an administrator. Otherwise "
         "it is refused and nothing changes. The undo needs the same privilege."},
        after);
  }

  Facts edited_;
  const Settings& settings_;
  const std::function<Outcome(const Facts&)>& judge_again_;
  std::vector<RepairStep> steps_;
};

}  // namespace

std::vector<std::string> objects_to_change(const Facts& facts, const Settings& settings) {
  const auto before = descriptor_of(facts.object);
  if (!before) return {};
  const auto changes = changes_for(*before, facts, settings);
  const bool has_wrong_owner = settings.owner && before->owner != settings.owner;
  std::vector<std::string> dns;
  if (!changes || !changes->removed.empty() || !changes->added.empty() || has_wrong_owner) {
    dns.push_back(facts.object.dn);
  }
  if (!changes) return dns;
  for (const auto& ace : changes->inherited) {
    const auto source = source_of(ace, facts.ancestors);
    if (source && std::ranges::find(dns, source->object->dn) == dns.end()) {
      dns.push_back(source->object->dn);
    }
  }
  return dns;
}

std::vector<RepairStep> repair_plan(const Facts& facts, const Settings& settings,
                                    const std::function<Outcome(const Facts&)>& judge_again) {
  return Planner(facts, settings, judge_again).plan();
}

}  // namespace cal::directory_permissions
