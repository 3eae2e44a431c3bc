#include "probes/directory_permissions/object_permissions.h"

#include "agent/contract/verdict_words.h"
#include "probes/directory_permissions/class_default.h"
#include "probes/directory_permissions/permission_reasons.h"
#include "probes/security/describe.h"
#include "probes/security/sddl.h"
#include "probes/security/well_known_sids.h"
#include "probes/shared/trustee_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>

namespace cal::directory_permissions {

namespace {

using ad::SecuredObject;
using security::AccessResult;
using security::Decision;
using security::DescriptorView;
using security::Sid;
using security::TrusteeRights;

constexpr std::size_t max_entries_shown = 20;
constexpr std::string_view create_child = "create_child";

// The object with its descriptor, for one judgment.
struct Subject {
  const security::SecuredSubject& secured;
  const Facts& facts;
};

// The result of the access check for one of the configured trustees.
struct Finding {
  const Trustee* trustee;
  TrusteeRights rights;
};

Verdict verdict_of(Decision decision) {
  switch (decision) {
    case Decision::granted:
      return Verdict::clear;
    case Decision::denied:
      return Verdict::present;
    case Decision::unknown:
      return Verdict::unknown;
  }
  return Verdict::unknown;
}

const Reason& reason_of(const TrusteeRights& rights) {
  if (rights.write.decision == Decision::denied) return reason("write_denied");
  if (rights.read.decision == Decision::denied) return reason("read_denied");
  if (!rights.granted()) return reason("descriptor_not_readable");
  if (!rights.denied_properties.empty()) return reason("write_partly_denied");
  return reason("owner_and_rights_ok");
}

// "write by SYSTEM alone"
std::string item_of(const Trustee& trustee, std::string_view right) {
  return fmt::format("{} by {}", right, evidence_name(trustee));
}

void add_right(const Subject& subject, const Trustee& trustee, std::string_view name,
               const AccessResult& result, Outcome& outcome) {
  // A trustee that cannot create children can still write: this alone is not a cause.
  const auto verdict = name == create_child && result.decision == Decision::denied
                           ? Verdict::clear
                           : verdict_of(result.decision);
  Evidence evidence{verdict, item_of(trustee, in_words(name)),
                    fmt::format("{}: {}", security::name_of(result.decision),
                                security::because_text(subject.secured, result))};
  // What denies gives nobody a right.
  if (result.decision != Decision::denied) {
    evidence.open_text = std::string(security::name_of(result.decision));
  }
  outcome.evidence.push_back(std::move(evidence));
  if (result.decision != Decision::unknown) {
    outcome.samples.push_back({&families[1],
                               {subject.facts.object.dn, trustee.name, std::string(name)},
                               result.decision == Decision::granted ? 1.0 : 0.0});
  }
}

void add_rights(const Subject& subject, const Finding& finding, Outcome& outcome) {
  const auto& [trustee, rights] = finding;
  add_right(subject, *trustee, "read", rights.read, outcome);
  add_right(subject, *trustee, "write", rights.write, outcome);
  add_right(subject, *trustee, create_child, rights.create, outcome);
  for (const auto& [type, result] : rights.denied_properties) {
    outcome.evidence.push_back(
        {Verdict::present, item_of(*trustee, "write " + security::describe_object_type(type)),
         fmt::format("denied: {}", security::because_text(subject.secured, result))});
  }
}

// The entries that decide, each with what it leads to.
std::map<std::size_t, Verdict> deciding_entries(const TrusteeRights& rights) {
  std::map<std::size_t, Verdict> deciding;
  const auto add = [&](const AccessResult& result) {
    for (const auto i : result.aces) deciding.emplace(i, verdict_of(result.decision));
  };
  for (const auto& [type, result] : rights.denied_properties) add(result);
  add(rights.write);
  add(rights.read);
  return deciding;
}

// The entries that name a SID of the token, the deciding ones marked.
void add_entries(const Subject& subject, const Finding& finding, Outcome& outcome) {
  const auto& descriptor = subject.secured.descriptor;
  if (!descriptor.dacl) return;
  const auto& [trustee, rights] = finding;
  const auto deciding = deciding_entries(rights);
  std::size_t shown = 0;
  for (std::size_t i = 0; i < descriptor.dacl->aces.size(); ++i) {
    const auto found = deciding.find(i);
    const bool decides = found != deciding.end();
    const auto& sid = descriptor.dacl->aces[i].sid;
    if (!decides && std::ranges::find(trustee->token, sid) == trustee->token.end()) continue;
    if (++shown > max_entries_shown) return;
    Evidence evidence{
        decides ? std::optional(found->second) : std::nullopt, fmt::format("entry {}", i),
        (decides ? "► " : "") + security::entry_text(subject.secured, i), Evidence::Form::entry};
    const auto effect = security::shape_of(descriptor.dacl->aces[i].type).effect;
    if (effect != security::AceEffect::deny) evidence.open_text = "";
    outcome.evidence.push_back(std::move(evidence));
  }
}

// What was added to, and what is missing from, the descriptor that the class gives new objects.
void add_difference(const Subject& subject, Outcome& outcome) {
  const auto usual = class_default(subject.facts);
  if (!usual || !subject.secured.descriptor.dacl) return;
  auto [missing, added] = difference_from(*usual, subject.secured.descriptor);
  if (missing.empty() && added.empty()) return;
  added.resize(std::min(added.size(), max_entries_shown));
  const auto text = [&](const std::vector<security::Ace>& aces) {
    std::string all;
    for (const auto& ace : aces) all += security::format_sddl(ace, subject.facts.domain.sid);
    return aces.empty() ? "nothing" : all;
  };
  Evidence evidence{std::nullopt, fmt::format("default of {}", subject.facts.object.object_class),
                    fmt::format("missing: {}; added: {}", text(missing), text(added))};
  evidence.open_text = "";
  outcome.evidence.push_back(std::move(evidence));
}

std::string owner_text(const Subject& subject) {
  const auto& owner = subject.secured.descriptor.owner;
  return owner ? security::name_with_sid(*owner) : "no one";
}

bool add_owner(const Subject& subject, const Sid& expected, Outcome& outcome) {
  const bool matches = subject.secured.descriptor.owner == expected;
  auto text = owner_text(subject);
  if (!matches) text += "; expected " + security::name_with_sid(expected);
  outcome.evidence.push_back(
      {matches ? Verdict::clear : Verdict::present, "owner", std::move(text)});
  outcome.samples.push_back({&families[0], {subject.facts.object.dn}, matches ? 1.0 : 0.0});
  return matches;
}

std::string lacking(const Subject& subject, std::string_view access, const AccessResult& result) {
  return fmt::format("{}: {}", access, security::because_text(subject.secured, result));
}

// "CN=... cannot be written by SYSTEM: entry 0: ...". What to do is the action, and the plan.
std::string summary_of(const Subject& subject, const Settings& settings, const Reason& why,
                       const Finding& deciding) {
  const auto& dn = subject.facts.object.dn;
  const auto& [trustee, rights] = deciding;
  const auto who = people_name(*trustee);
  if (&why == &reason("write_denied")) {
    return lacking(subject, fmt::format("{} cannot be written by {}", dn, who), rights.write);
  }
  if (&why == &reason("read_denied")) {
    return lacking(subject, fmt::format("{} cannot be read by {}", dn, who), rights.read);
  }
  if (&why == &reason("write_partly_denied")) {
    std::vector<std::string> properties;
    for (const auto& [type, result] : rights.denied_properties) {
      properties.push_back(security::describe_object_type(type));
    }
    return fmt::format("{} can be written by {} except for {}, which an entry denies", dn, who,
                       fmt::join(properties, ", "));
  }
  if (&why == &reason("owner_not_system")) {
    return fmt::format("{} is owned by {} instead of {}", dn, owner_text(subject),
                       security::name_with_sid(*settings.owner));
  }
  if (&why == &reason("granted_through_group")) {
    return fmt::format(
        "{} can be written by SYSTEM only as a member of Administrators: no entry is for SYSTEM "
        "itself",
        dn);
  }
  if (&why == &reason("descriptor_not_readable")) {
    return fmt::format(
        "{} has permissions that cannot be evaluated: {}", dn,
        security::because_text(subject.secured, rights.write.decision == Decision::unknown
                                                    ? rights.write
                                                    : rights.read));
  }
  return fmt::format("{} can be read and written by {}{}", dn, who,
                     settings.owner ? " and has the expected owner" : "");
}

// "Open CN=... in ADSI Edit (Properties > Security > Advanced) and remove the entry "deny Write
// property to SYSTEM"."
std::string remove_entries(const Subject& subject,
                           const std::vector<const AccessResult*>& denials) {
  const auto& aces = subject.secured.descriptor.dacl->aces;
  std::set<std::size_t> own;
  std::set<std::size_t> inherited;
  for (const auto* denial : denials) {
    for (const auto i : denial->aces) {
      const bool is_inherited = (aces.at(i).flags & security::ace_flag::inherited) != 0;
      (is_inherited ? inherited : own).insert(i);
    }
  }
  const auto quoted = [&](const std::set<std::size_t>& entries) {
    std::vector<std::string> texts;
    texts.reserve(entries.size());
    for (const auto i : entries)
      texts.push_back(fmt::format("\"{}\"", security::describe(aces.at(i))));
    return fmt::format("{}", fmt::join(texts, " and "));
  };
  std::vector<std::string> steps;
  if (!own.empty()) {
    steps.push_back(
        fmt::format("Open {} in ADSI Edit (Properties > Security > Advanced) and remove {}.",
                    subject.facts.object.dn, quoted(own)));
  }
  if (!inherited.empty()) {
    steps.push_back(fmt::format(
        "Remove {} from the container above {} that passes it on; Advanced names it under "
        "\"Inherited from\".",
        quoted(inherited), subject.facts.object.dn));
  }
  return fmt::format("{}", fmt::join(steps, " "));
}

// The step for exactly what was found; empty: the reason's.
std::string action_for(const Subject& subject, const Settings& settings, const Reason& why,
                       const Finding& deciding) {
  const auto& rights = deciding.rights;
  const auto& dn = subject.facts.object.dn;
  if (&why == &reason("owner_not_system")) {
    return fmt::format(
        "Open {} in ADSI Edit (Properties > Security > Advanced > Owner) and make {} "
        "its owner.",
        dn, security::name_with_sid(*settings.owner));
  }
  std::vector<const AccessResult*> denials;
  for (const auto* right : {&rights.read, &rights.write}) {
    if (right->decision == Decision::denied && right->because == security::Because::deny) {
      denials.push_back(right);
    }
  }
  for (const auto& [type, result] : rights.denied_properties) denials.push_back(&result);
  if (!denials.empty()) return remove_entries(subject, denials);
  if (rights.read.decision == Decision::denied || rights.write.decision == Decision::denied) {
    return fmt::format(
        "Open {} in ADSI Edit (Properties > Security > Advanced) and add an entry "
        "that allows {} read and write, or full control.",
        dn, people_name(*deciding.trustee));
  }
  return "";
}

Outcome judge_descriptor(const Subject& subject, const Settings& settings) {
  Outcome outcome{&reason("owner_and_rights_ok"), ""};
  const bool owner_ok = !settings.owner || add_owner(subject, *settings.owner, outcome);

  std::vector<Finding> findings;
  for (const auto& trustee : settings.trustees) {
    findings.push_back({&trustee, security::rights_of(subject.secured, trustee)});
    add_rights(subject, findings.back(), outcome);
  }

  // SYSTEM's token decides. If it is not among the trustees, the worst of them decides.
  const auto system = std::ranges::find(settings.trustees, "system_token", &Trustee::name);
  const bool asks_system = system != settings.trustees.end();
  const Finding* deciding = nullptr;
  bool all_granted = true;
  for (const auto& finding : findings) {
    all_granted = all_granted && finding.rights.granted();
    if (asks_system && finding.trustee != &*system) continue;
    const auto& why = reason_of(finding.rights);
    // The table lists reasons from the worst to the best.
    if (deciding && &why >= outcome.reason) continue;
    outcome.reason = &why;
    deciding = &finding;
  }
  if (!owner_ok) outcome.reason = std::min(outcome.reason, &reason("owner_not_system"));
  if (asks_system && !all_granted) {
    outcome.reason = std::min(outcome.reason, &reason("granted_through_group"));
  }
  add_entries(subject, *deciding, outcome);
  add_difference(subject, outcome);
  outcome.summary = summary_of(subject, settings, *outcome.reason, *deciding);
  outcome.action = action_for(subject, settings, *outcome.reason, *deciding);
  return outcome;
}

// An object that shows no descriptor; `text` follows its DN.
Outcome without_descriptor(const Reason& why, const Facts& facts, std::string_view text) {
  return {&why, fmt::format("{} {}", facts.object.dn, text)};
}

}  // namespace

Outcome judge_object(const Facts& facts, const Settings& settings) {
  switch (facts.object.state) {
    case SecuredObject::State::missing:
      return without_descriptor(
          reason("object_missing"), facts,
          "does not exist: check `object`, and whether licensing is installed "
          "in this domain");
    case SecuredObject::State::not_visible:
      return without_descriptor(reason("object_not_visible"), facts,
                                "does not exist or is hidden from the agent's account: grant it "
                                "permission to list the container and to read the object");
    case SecuredObject::State::no_descriptor:
      return without_descriptor(reason("descriptor_not_readable"), facts,
                                "does not show its permissions: grant the agent's account Read "
                                "permissions (READ_CONTROL)");
    case SecuredObject::State::readable:
      break;
  }
  const auto bytes = std::as_bytes(std::span(facts.object.descriptor));
  const auto view = DescriptorView::parse(bytes);
  if (!view) {
    return {&reason("descriptor_not_readable"),
            fmt::format("{} has a security descriptor that is damaged at byte {}: {}",
                        facts.object.dn, view.error.position, view.error.what)};
  }
  const security::SecuredSubject secured{*view, security::to_descriptor(*view),
                                         facts.object_class.guid, facts.domain.sid};
  return judge_descriptor({secured, facts}, settings);
}

}  // namespace cal::directory_permissions
