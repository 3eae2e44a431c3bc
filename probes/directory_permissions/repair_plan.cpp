#include "probes/directory_permissions/repair_plan.h"

#include "agent/base/text.h"
#include "probes/directory_permissions/class_default.h"
#include "probes/directory_permissions/entry_changes.h"
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
#include <string>
#include <utility>

namespace cal::directory_permissions {

namespace {

using repair::Part;
using security::Ace;
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

  std::string own_entries_text(const Changes& changes) const {
    std::vector<std::string> done;
    if (!changes.removed.empty()) {
      done.push_back(fmt::format("remove {}", texts_of(changes.removed)));
    }
    if (!changes.added.empty()) done.push_back(fmt::format("add {}", texts_of(changes.added)));
    return fmt::format("In the permissions of {}: {}.", edited_.object.dn, fmt::join(done, "; "));
  }

  void change_own_entries(const Descriptor& before, const Changes& changes) {
    const auto& [after, wholly_after, removed, added, inherited] = changes;
    if (removed.empty() && added.empty()) return;
    std::vector<std::string> beside;
    if (!removed.empty()) beside.emplace_back(set_by_somebody);
    const bool whole_object = std::ranges::none_of(
        settings_.trustees, [](const Trustee& trustee) { return trustee.object_type.has_value(); });
    if (whole_object && added.empty() && std::ranges::all_of(removed, is_about_properties)) {
      beside.emplace_back(only_properties);
    }
    if (!added.empty()) {
      beside.emplace_back(
          "The new entry gives only what is checked, to read and to write. Whether the licensing "
          "service needs more, such as to create objects below it, is not documented.");
    }
    const auto usual = added.empty() ? std::nullopt : class_default(edited_);
    const auto with_usual =
        usual ? changes_for(before, edited_, settings_,
                            [&](const Trustee& trustee) { return usual_entry(*usual, trustee); })
              : std::nullopt;
    if (with_usual) {
      if (auto text = difference_text(*usual, *with_usual); !text.empty()) {
        beside.push_back(std::move(text));
      }
    }
    beside.emplace_back(
        "The right to change the permissions of this object (WRITE_DAC) is enough; to be its owner "
        "may not be (updates since CVE-2021-42291). It reaches other domain controllers by "
        "replication.");
    beside.emplace_back(repair::owned_elsewhere);
    add(change(edited_.object, Part::dacl, before, after), own_entries_text(changes),
        std::move(beside), after);
    if (with_usual && with_usual->added != added) add_usual_entries(before, *with_usual);
  }

  // As an alternative to the least ones: what a new object of the class has, which may be what is
  // gone.
  void add_usual_entries(const Descriptor& before, const Changes& changes) {
    add(change(edited_.object, Part::dacl, before, changes.after), own_entries_text(changes),
        {fmt::format(
            "A new object of the class {} has this entry, by the schema of this directory: "
            "it may be the one that is gone. It allows more than is checked.",
            edited_.object.object_class)},
        changes.after);
    steps_.back().is_alternative = true;
  }

  // What differs after the change, and stays so.
  std::string difference_text(const Descriptor& usual, const Changes& changes) const {
    constexpr std::size_t max_named = 2;
    const auto [missing, added] = difference_from(usual, changes.after);
    const auto named = [](const std::vector<Ace>& aces) {
      return aces.size() > max_named ? counted(aces.size(), "entry", "entries") : texts_of(aces);
    };
    std::vector<std::string> parts;
    if (!missing.empty()) parts.push_back("it lacks " + named(missing));
    if (!added.empty()) parts.push_back("it has also " + named(added));
    if (is_protected(changes.after) && !is_protected(usual)) {
      parts.emplace_back("it inherits nothing");
    }
    if (parts.empty()) return "";
    return fmt::format(
        "Beyond that, the list differs from that of a new {0}: {1}. No step changes this: find out "
        "whether it was meant (\"default of {0}\" in the evidence has the entries).",
        edited_.object.object_class, fmt::join(parts, "; "));
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
