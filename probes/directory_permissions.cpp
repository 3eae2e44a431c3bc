#include "probes/directory_permissions.h"

#include "agent/options.h"
#include "probes/directory_probe.h"
#include "probes/network_edges.h"
#include "probes/security/access_check.h"
#include "probes/security/describe.h"
#include "probes/security/sddl.h"
#include "probes/security/well_known_sids.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

namespace cal::directory_permissions {

namespace {

using ldap::SecuredObject;
using security::AccessMask;
using security::AccessResult;
using security::Because;
using security::Decision;
using security::DescriptorView;
using security::Guid;
using security::ObjectTree;
using security::Sid;
namespace right = security::right;

constexpr std::size_t most_entries_shown = 20;

constexpr std::string_view restore =
    "In ADSI Edit open the object's properties, Security, Advanced, and give SYSTEM read and write "
    "(or full control); the evidence names the entry that decides.";

// From the worst to the best.
constexpr std::array own_reasons{
    Reason{"object_missing", Verdict::present, Severity::critical,
           "The object does not exist: its siblings can be seen, and it is not among them.",
           "Check `object`; if the name is right, the licensing component is not installed in this "
           "domain, or its object was deleted."},
    Reason{"write_denied", Verdict::present, Severity::critical, "SYSTEM may not write the object.",
           restore},
    Reason{"read_denied", Verdict::present, Severity::critical, "SYSTEM may not read the object.",
           restore},
    Reason{"write_partly_denied", Verdict::present, Severity::warning,
           "SYSTEM may write the object, but not all of its properties.", restore},
    Reason{
        "owner_not_system", Verdict::present, Severity::warning,
        "The object's owner is not SYSTEM. An owner can repair permissions; a wrong one does not "
        "by itself stop a write.",
        "In ADSI Edit open the object's properties, Security, Advanced, Owner, and choose "
        "SYSTEM."},
    Reason{"object_not_visible", Verdict::unknown, Severity::warning,
           "The object is missing, or hidden from the agent's account: the directory does not say "
           "which.",
           "Let the agent's account list the object's container and read the object."},
    Reason{"descriptor_not_readable", Verdict::unknown, Severity::warning,
           "The object's permissions cannot be read, or hold entries that cannot be evaluated.",
           "Grant the agent's account Read permissions (READ_CONTROL) on the object."},
    Reason{"asked_read_only_dc", Verdict::unknown, Severity::warning,
           "The answer comes from a read-only domain controller, on which nobody writes.",
           "Name a writable domain controller in `uri`, best the licensing server's own."},
    Reason{"granted_through_group", Verdict::clear, Severity::warning,
           "SYSTEM may read and write, but only as a member of Administrators: the entry that the "
           "reference page asks for is missing.",
           restore},
    Reason{"owner_and_rights_ok", Verdict::clear, Severity::ok,
           "SYSTEM owns the object and may read and write it.", "Nothing."},
};

constexpr auto reasons = with_directory_reasons(own_reasons);

// A word that is not in the table does not compile.
consteval const Reason& reason(std::string_view word) {
  return *std::ranges::find(reasons, word, &Reason::word);
}

constexpr std::array<std::string_view, 1> by_object{"object"};
constexpr std::array<std::string_view, 3> by_right{"object", "trustee", "right"};

constexpr std::array families{
    MetricFamily{"cal_directory_owner_matches",
                 "1 if the object's owner is the expected one, 0 if not; no sample while unknown. "
                 "Cached between runs.",
                 MetricType::gauge, by_object},
    MetricFamily{"cal_directory_right_granted",
                 "1 if the access check grants the right to the trustee, 0 if not; no sample while "
                 "unknown. Cached between runs.",
                 MetricType::gauge, by_right},
};

struct Right {
  std::string_view name;
  AccessMask mask;
};

constexpr Right read_right{"read",
                           right::read_control | right::list_contents | right::read_property};
constexpr Right write_right{"write", right::write_property};
constexpr Right create_right{"create_child", right::create_child};

// The object's descriptor with what the checks need, for the time of one judgement.
struct Subject {
  const DescriptorView& view;
  const security::Descriptor& descriptor;
  const Facts& facts;
};

AccessResult check(const Subject& subject, const Trustee& trustee, AccessMask mask,
                   const std::optional<Guid>& object_type) {
  std::vector<Guid> chain;
  if (subject.facts.object.class_guid) chain.push_back(*subject.facts.object.class_guid);
  if (object_type && subject.facts.object.class_guid != object_type) chain.push_back(*object_type);
  const auto tree = ObjectTree::chain(chain);
  return security::access_check(
      subject.view, {.token = trustee.token, .desired = mask, .tree = tree ? &*tree : nullptr});
}

// Property sets and attributes whose writing is denied although the object may be written.
std::vector<Guid> denied_properties(const Subject& subject, const Trustee& trustee) {
  std::set<Guid> named;
  for (const auto& ace : subject.descriptor.dacl.value_or(security::Acl{}).aces) {
    if (ace.object_type && security::shape_of(ace.type).effect == security::AceEffect::deny) {
      named.insert(*ace.object_type);
    }
  }
  std::vector<Guid> denied;
  for (const auto& guid : named) {
    if (check(subject, trustee, write_right.mask, guid).decision == Decision::denied) {
      denied.push_back(guid);
    }
  }
  return denied;
}

std::string entry_text(const Subject& subject, std::size_t index) {
  const auto& ace = subject.descriptor.dacl->aces.at(index);
  return fmt::format("{} {}", security::format_sddl(ace, subject.facts.domain.sid),
                     security::describe(ace));
}

std::string because_text(const Subject& subject, const AccessResult& result) {
  std::vector<std::string> entries;
  for (const auto index : result.aces) {
    entries.push_back(fmt::format("entry {}: {}", index, entry_text(subject, index)));
  }
  switch (result.because) {
    case Because::owner:
      return "it owns the object";
    case Because::no_dacl:
      return "the object has no access list: everybody may do anything";
    case Because::nothing_asked:
      return "nothing was asked";
    case Because::empty_dacl:
      return "the access list is empty";
    case Because::needs_privilege:
      return "only a privilege could grant it";
    case Because::nothing_grants:
      return fmt::format("no entry grants {}", security::describe_rights(result.missing));
    case Because::deny:
    case Because::aces:
    case Because::owner_and_aces:
    case Because::unknown_aces:
      break;
  }
  return fmt::format("{}", fmt::join(entries, "; "));
}

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

// What the access check says of one trustee.
struct Rights {
  const Trustee* trustee;
  AccessResult read;
  AccessResult write;
  AccessResult create;
  std::vector<Guid> denied_properties;

  bool granted() const {
    return read.decision == Decision::granted && write.decision == Decision::granted;
  }
};

Rights rights_of(const Subject& subject, const Trustee& trustee) {
  Rights rights{&trustee,
                check(subject, trustee, read_right.mask, std::nullopt),
                check(subject, trustee, write_right.mask, trustee.object_type),
                check(subject, trustee, create_right.mask, std::nullopt),
                {}};
  if (rights.write.decision == Decision::granted && !trustee.object_type) {
    rights.denied_properties = denied_properties(subject, trustee);
  }
  return rights;
}

const Reason& reason_of(const Rights& rights) {
  if (rights.write.decision == Decision::denied) return reason("write_denied");
  if (rights.read.decision == Decision::denied) return reason("read_denied");
  if (!rights.granted()) return reason("descriptor_not_readable");
  if (!rights.denied_properties.empty()) return reason("write_partly_denied");
  return reason("owner_and_rights_ok");
}

void add_right(const Subject& subject, const Trustee& trustee, const Right& what,
               const AccessResult& result, Outcome& outcome) {
  // Who may not create children may still write: that alone is no cause.
  const auto verdict = &what == &create_right && result.decision == Decision::denied
                           ? Verdict::clear
                           : verdict_of(result.decision);
  outcome.evidence.push_back(
      {verdict, fmt::format("{} {}", trustee.name, what.name),
       fmt::format("{}: {}", security::name_of(result.decision), because_text(subject, result))});
  if (result.decision != Decision::unknown) {
    outcome.samples.push_back({&families[1],
                               {subject.facts.object.dn, trustee.name, std::string(what.name)},
                               result.decision == Decision::granted ? 1.0 : 0.0});
  }
}

void add_rights(const Subject& subject, const Rights& rights, Outcome& outcome) {
  add_right(subject, *rights.trustee, read_right, rights.read, outcome);
  add_right(subject, *rights.trustee, write_right, rights.write, outcome);
  add_right(subject, *rights.trustee, create_right, rights.create, outcome);
  for (const auto& guid : rights.denied_properties) {
    const auto result = check(subject, *rights.trustee, write_right.mask, guid);
    outcome.evidence.push_back(
        {Verdict::present,
         fmt::format("{} write {}", rights.trustee->name, security::describe_object_type(guid)),
         fmt::format("denied: {}", because_text(subject, result))});
  }
}

// The entries that name a SID of the token, the deciding ones marked.
void add_entries(const Subject& subject, const Rights& rights, Outcome& outcome) {
  if (!subject.descriptor.dacl) return;
  const auto& token = rights.trustee->token;
  std::set<std::size_t> deciding(rights.write.aces.begin(), rights.write.aces.end());
  deciding.insert(rights.read.aces.begin(), rights.read.aces.end());
  for (const auto& guid : rights.denied_properties) {
    const auto result = check(subject, *rights.trustee, write_right.mask, guid);
    deciding.insert(result.aces.begin(), result.aces.end());
  }
  std::size_t shown = 0;
  for (std::size_t i = 0; i < subject.descriptor.dacl->aces.size(); ++i) {
    const bool decides = deciding.contains(i);
    const auto& sid = subject.descriptor.dacl->aces[i].sid;
    if (!decides && std::ranges::find(token, sid) == token.end()) continue;
    if (++shown > most_entries_shown) return;
    outcome.evidence.push_back({Verdict::clear, fmt::format("entry {}", i),
                                (decides ? "► " : "") + entry_text(subject, i)});
  }
}

// What was added to, and what is missing from, the descriptor that the class gives new objects.
void add_difference(const Subject& subject, Outcome& outcome) {
  const auto& domain = subject.facts.domain.sid;
  const auto wanted = security::parse_sddl(subject.facts.object.default_descriptor, domain);
  if (!wanted || !wanted->dacl || !subject.descriptor.dacl) return;
  const auto& have = subject.descriptor.dacl->aces;
  std::vector<std::string> missing;
  std::vector<std::string> added;
  for (const auto& ace : wanted->dacl->aces) {
    if (std::ranges::find(have, ace) == have.end()) {
      missing.push_back(security::format_sddl(ace, domain));
    }
  }
  for (const auto& ace : have) {
    const bool inherited = (ace.flags & security::ace_flag::inherited) != 0;
    const auto& usual = wanted->dacl->aces;
    if (!inherited && std::ranges::find(usual, ace) == usual.end()) {
      added.push_back(security::format_sddl(ace, domain));
    }
  }
  if (missing.empty() && added.empty()) return;
  added.resize(std::min(added.size(), most_entries_shown));
  outcome.evidence.push_back(
      {Verdict::clear, fmt::format("default of {}", subject.facts.object.object_class),
       fmt::format("missing: {}; added: {}",
                   missing.empty() ? "nothing" : fmt::format("{}", fmt::join(missing, "")),
                   added.empty() ? "nothing" : fmt::format("{}", fmt::join(added, "")))});
}

bool add_owner(const Subject& subject, const Sid& expected, Outcome& outcome) {
  const bool matches = subject.descriptor.owner == expected;
  const auto owner = subject.descriptor.owner ? security::name_of(*subject.descriptor.owner)
                                              : std::string("nobody");
  outcome.evidence.push_back(
      {matches ? Verdict::clear : Verdict::present, "owner",
       matches ? owner : fmt::format("{}; expected {}", owner, security::name_of(expected))});
  outcome.samples.push_back({&families[0], {subject.facts.object.dn}, matches ? 1.0 : 0.0});
  return matches;
}

std::string summary_of(const Subject& subject, const Reason& why, const Rights& deciding) {
  const auto& dn = subject.facts.object.dn;
  if (why.word == "write_denied" || why.word == "read_denied") {
    const bool write = why.word == "write_denied";
    return fmt::format("{} may not {} {}: {}", deciding.trustee->name, write ? "write" : "read", dn,
                       because_text(subject, write ? deciding.write : deciding.read));
  }
  if (why.word == "owner_not_system") {
    return fmt::format(
        "{} belongs to {}", dn,
        subject.descriptor.owner ? security::name_of(*subject.descriptor.owner) : "nobody");
  }
  return fmt::format("{}: {}", dn, why.meaning);
}

Outcome judge_descriptor(const Subject& subject, const Settings& settings) {
  Outcome outcome{&reason("owner_and_rights_ok"), ""};
  const bool owner_ok = !settings.owner || add_owner(subject, *settings.owner, outcome);

  std::vector<Rights> all;
  for (const auto& trustee : settings.trustees) all.push_back(rights_of(subject, trustee));
  for (const auto& rights : all) add_rights(subject, rights, outcome);

  // SYSTEM's token decides; where it is not asked about, every trustee does.
  const auto system =
      std::ranges::find(all, "system_token", [](const Rights& each) { return each.trustee->name; });
  const Rights* deciding = &all.front();
  for (const auto& rights : all) {
    if (system != all.end() && &rights != &*system) continue;
    const auto& why = reason_of(rights);
    // Reasons stand in their table from the worst to the best.
    if (&why <= outcome.reason) {
      outcome.reason = &why;
      deciding = &rights;
    }
  }
  if (!owner_ok) outcome.reason = std::min(outcome.reason, &reason("owner_not_system"));
  const bool all_granted = std::ranges::all_of(all, &Rights::granted);
  if (system != all.end() && !all_granted) {
    outcome.reason = std::min(outcome.reason, &reason("granted_through_group"));
  }
  add_entries(subject, *deciding, outcome);
  add_difference(subject, outcome);
  outcome.summary = summary_of(subject, *outcome.reason, *deciding);
  return outcome;
}

Outcome without_descriptor(const Reason& why, const Facts& facts) {
  return {&why, fmt::format("{}: {}", facts.object.dn, why.meaning)};
}

Outcome judge_object(const Facts& facts, const Settings& settings) {
  switch (facts.object.state) {
    case SecuredObject::State::missing:
      return without_descriptor(reason("object_missing"), facts);
    case SecuredObject::State::not_visible:
      return without_descriptor(reason("object_not_visible"), facts);
    case SecuredObject::State::no_descriptor:
      return without_descriptor(reason("descriptor_not_readable"), facts);
    case SecuredObject::State::readable:
      break;
  }
  const auto bytes = std::as_bytes(std::span(facts.object.descriptor));
  const auto view = DescriptorView::parse(bytes);
  if (!view) {
    return {&reason("descriptor_not_readable"),
            fmt::format("the security descriptor of {} is damaged at byte {}: {}", facts.object.dn,
                        view.error.position, view.error.what)};
  }
  const auto descriptor = security::to_descriptor(*view);
  return judge_descriptor({*view, descriptor, facts}, settings);
}

class PermissionsProbe : public Probe {
 public:
  PermissionsProbe(std::shared_ptr<ldap::Directory> directory, Settings settings)
      : directory_(std::move(directory)), settings_(std::move(settings)) {}

  Outcome run(Deadline deadline) override {
    std::vector<Phase> phases;
    const auto facts = gather(*directory_, settings_, deadline, phases);
    auto outcome = facts ? judge(*facts, settings_) : directory_fault_outcome(facts.error());
    outcome.phases = std::move(phases);
    return outcome;
  }

 private:
  std::shared_ptr<ldap::Directory> directory_;
  Settings settings_;
};

std::optional<Sid> read_sid(Options& options, const std::string& key, const std::string& text) {
  const auto sid = Sid::parse_text(text);
  if (!sid) options.mistake(key, fmt::format("'{}' is no SID; write S-1-5-...", text));
  return sid;
}

std::optional<Trustee> read_trustee_mapping(Options options) {
  const auto text = options.text("sid");
  Trustee trustee{options.text_or("name", text), {}};
  if (const auto sid = read_sid(options, "sid", text)) trustee.token.push_back(*sid);
  for (const auto& extra : options.texts("extra_sids")) {
    if (const auto sid = read_sid(options, "extra_sids", extra)) trustee.token.push_back(*sid);
  }
  if (options.has("object_type")) {
    const auto guid = options.text("object_type");
    trustee.object_type = Guid::parse_text(guid);
    if (!trustee.object_type) {
      options.mistake("object_type",
                      fmt::format("'{}' is no GUID of a property set or attribute", guid));
    }
  }
  options.reject_unknown_keys();
  return trustee;
}

void read_trustees(Options& options, Settings& settings) {
  auto items = options.items("trustees");
  if (items.empty()) return;
  settings.trustees.clear();
  for (auto& [text, mapping] : items) {
    if (mapping) {
      if (auto trustee = read_trustee_mapping(std::move(*mapping))) {
        settings.trustees.push_back(std::move(*trustee));
      }
    } else if (text == "system") {
      settings.trustees.push_back(system_token());
      settings.trustees.push_back(system_ace());
    } else if (text == "system_token" || text == "system_ace") {
      settings.trustees.push_back(text == "system_token" ? system_token() : system_ace());
    } else if (const auto sid = Sid::parse_text(text)) {
      settings.trustees.push_back({text, {*sid}});
    } else {
      options.mistake("trustees",
                      fmt::format("'{}' is no trustee; write system, system_token, system_ace, a "
                                  "SID, or a mapping with sid, extra_sids, object_type and name",
                                  text));
    }
  }
}

std::unique_ptr<Probe> make(Options& options, const std::shared_ptr<NetworkEdges>& edges) {
  Settings settings;
  settings.object = options.text_or("object", settings.object);
  read_trustees(options, settings);
  const bool asks_system = std::ranges::any_of(settings.trustees, [](const Trustee& trustee) {
    return trustee.name.starts_with("system_");
  });
  if (!asks_system) settings.owner.reset();
  if (options.has("owner")) settings.owner = read_sid(options, "owner", options.text("owner"));
  return std::make_unique<PermissionsProbe>(require_directory(options, edges), std::move(settings));
}

}  // namespace

Trustee system_token() {
  namespace known = security::well_known;
  return {
      "system_token",
      {known::local_system, known::administrators, known::everyone, known::authenticated_users}};
}

Trustee system_ace() { return {"system_ace", {security::well_known::local_system}}; }

ldap::Result<Facts> gather(ldap::Directory& directory, const Settings& settings, Deadline deadline,
                           std::vector<Phase>& phases) {
  auto session = directory.open(deadline);
  if (!session) return tl::unexpected(std::move(session.error()));
  phases = session->phases();
  const PhaseTimer timer(phases, "search");
  auto domain = ldap::read_domain(*session, deadline);
  if (!domain) return tl::unexpected(std::move(domain.error()));
  const auto dn = ldap::complete_dn(settings.object, *domain);
  auto object = ldap::read_secured_object(*session, dn, deadline);
  if (!object) return tl::unexpected(std::move(object.error()));
  return Facts{session->server(), ldap::is_read_only(*session), std::move(*domain),
               std::move(*object)};
}

Outcome judge(const Facts& facts, const Settings& settings) {
  auto outcome = judge_object(facts, settings);
  outcome.evidence.push_back({Verdict::clear, "asked", facts.server});
  // Its copy is as good as any for reading a fault, but it is not where SYSTEM writes.
  if (facts.read_only && outcome.reason->verdict == Verdict::clear) {
    outcome.reason = &reason("asked_read_only_dc");
    outcome.summary = fmt::format("{} is a read-only domain controller: {}", facts.server,
                                  outcome.reason->meaning);
  }
  return outcome;
}

ProbeKind kind() {
  return {"directory_permissions",
          "May SYSTEM read and write the licensing object in the directory, and does it own it?",
          reasons, families, make};
}

}  // namespace cal::directory_permissions
