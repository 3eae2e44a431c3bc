#include "probes/directory_permissions/directory_permissions.h"

#include "agent/base/text.h"
#include "agent/contract/options.h"
#include "probes/directory_permissions/decisive_objects.h"
#include "probes/directory_permissions/inherited_denials.h"
#include "probes/directory_permissions/object_permissions.h"
#include "probes/directory_permissions/permission_history.h"
#include "probes/directory_permissions/permission_reasons.h"
#include "probes/directory_permissions/repair_plan.h"
#include "probes/directory_permissions/user_permissions.h"
#include "probes/directory_permissions/user_plan.h"
#include "probes/shared/network_clients.h"
#include "probes/shared/trustee_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace cal::directory_permissions {

namespace {

Right right_to_descriptor(const ad::SecuredObject& object, std::string command) {
  return {fmt::format("read the permissions of {} (READ_CONTROL)", object.dn),
          object.state == ad::SecuredObject::State::readable,
          "the object is visible, its permissions are not", std::move(command)};
}

ldap::Result<std::vector<Right>> rights_to_object(const BoundAccount& self, const std::string& name,
                                                  Deadline by) {
  using State = ad::SecuredObject::State;
  const auto dn = ad::complete_dn(name, self.domain);
  const auto object = ad::read_secured_object(self.session, dn, by);
  if (!object) return tl::unexpected(object.error());
  const auto read = fmt::format(R"(dsacls "{}" /G "{}:GR")", dn, self.domain_name);
  switch (object->state) {
    case State::readable:
    case State::no_descriptor:
      return std::vector{Right{fmt::format("find {}", dn), true},
                         right_to_descriptor(*object, read)};
    case State::missing:
      return std::vector{Right{fmt::format("list {}", ad::parent_of(dn)), true},
                         Right{fmt::format("find {}", dn), std::nullopt, "it does not exist"}};
    case State::not_visible:
      return std::vector{Right{fmt::format("find {}", dn), std::nullopt,
                               "it does not exist, or is hidden from the agent", read}};
  }
  return std::vector<Right>{};
}

ldap::Result<std::vector<Right>> rights_to_users(const BoundAccount& self, const std::string& base,
                                                 Deadline by) {
  const auto sample = ad::sample_users(self.session, self.domain, base, by);
  if (!sample) return tl::unexpected(sample.error());
  const auto read_users =
      fmt::format(R"(dsacls "{}" /I:S /G "{}:RC;;user")", sample->base, self.domain_name);
  std::vector<Right> rights;
  Right see{fmt::format("find users below {}", sample->base), true};
  if (sample->ordinary.empty() && sample->protected_ones.empty()) {
    see.granted.reset();
    see.seen = "none is visible: there are none, or they are hidden from the agent";
    see.command =
        fmt::format(R"(dsacls "{}" /I:S /G "{}:GR;;user")", sample->base, self.domain_name);
  }
  rights.push_back(std::move(see));
  // One that lacks the right is enough: the command is the same for all.
  for (const auto* users : {&sample->ordinary, &sample->protected_ones}) {
    if (users->empty()) continue;
    const auto closed = std::ranges::find(*users, ad::SecuredObject::State::no_descriptor,
                                          [](const auto& user) { return user.object.state; });
    rights.push_back(right_to_descriptor(
        closed == users->end() ? users->front().object : closed->object, read_users));
  }
  rights.push_back(right_to_descriptor(
      sample->template_object,
      fmt::format(R"(dsacls "{}" /G "{}:RC")", sample->template_object.dn, self.domain_name)));
  return rights;
}

class PermissionsProbe : public DirectoryProbe<Settings, gather, judge> {
 public:
  using DirectoryProbe::DirectoryProbe;

  Profile profile() const override { return settings().users ? Profile::rds : Profile::ebs; }

  bool stops_activation() const override { return !settings().users; }

  std::vector<actors::Question> questions(const Facts& facts) const override {
    return facts.history ? who_questions(*facts.history) : std::vector<actors::Question>{};
  }

  ldap::Result<std::vector<Right>> ask_rights(const BoundAccount& self, Deadline by) override {
    return settings().users ? rights_to_users(self, *settings().users, by)
                            : rights_to_object(self, settings().object, by);
  }
};

std::unique_ptr<Probe> make(Options& options, const ProbeContext& context) {
  Settings settings;
  if (options.has("users")) {
    const auto base = options.text("users");
    settings.users = base == "all" ? "" : base;
    if (options.has("object")) {
      options.error("object", "set either 'object' or 'users', not both");
    }
    if (!options.has("trustees")) {
      options.error("users",
                    "set 'trustees' to what writes the licenses: license_servers (session hosts up "
                    "to 2016), self (from 2019), or both");
    }
  }
  if (settings.users && options.has("owner")) {
    options.error("owner", "'owner' has no effect with 'users': remove it");
  }
  settings.object = options.text_or("object", settings.object);
  if (auto trustees = read_trustees(options); !trustees.empty()) {
    settings.trustees = std::move(trustees);
  }
  const bool asks_system = std::ranges::any_of(settings.trustees, [](const Trustee& trustee) {
    return trustee.name.starts_with("system_");
  });
  if (asks_system && settings.users && options.has("trustees")) {
    options.error("trustees", "SYSTEM can always write users: use license_servers or self");
  }
  const bool asks_writers = std::ranges::any_of(settings.trustees, [](const Trustee& trustee) {
    return trustee.name == license_servers().name || trustee.name == user_self().name;
  });
  if (asks_writers && !settings.users) {
    options.error("trustees", "license_servers and self apply to users: set 'users'");
  }
  if (!asks_system) settings.owner.reset();
  if (options.has("owner")) settings.owner = read_sid(options, "owner", options.text("owner"));
  return std::make_unique<PermissionsProbe>(require_directory(options, context),
                                            std::move(settings), context.clients->security_log);
}

// For the plan. The answer about the users is complete without it, so a fault here is none of its.
void read_containers(ldap::Session& session, Facts& facts, Deadline deadline) {
  constexpr std::size_t max_containers = 40;
  const auto base = folded(facts.users->base);
  std::set<std::string> dns;
  for (const auto* users : {&facts.users->ordinary, &facts.users->protected_ones}) {
    for (const auto& user : *users) {
      for (auto dn = ad::parent_of(user.object.dn); !dn.empty() && folded(dn) != base;
           dn = ad::parent_of(dn)) {
        if (dns.size() < max_containers) dns.insert(dn);
      }
    }
  }
  std::vector<std::string> all(dns.begin(), dns.end());
  all.push_back(facts.users->base);
  for (const auto& dn : all) {
    auto container = ad::read_secured_object(session, dn, deadline);
    if (!container) return facts.containers.clear();
    facts.containers.push_back(std::move(*container));
  }
}

// For the plan, as above.
void read_protections(ldap::Session& session, const Settings& settings, Facts& facts,
                      Deadline deadline) {
  constexpr std::size_t max_accounts = 5;
  for (const auto& user : facts.users->protected_ones) {
    if (facts.protections.size() == max_accounts) return;
    const bool lacks = std::ranges::any_of(settings.trustees, [&](const Trustee& trustee) {
      return lack_of(facts, {user}, trustee) != UserLack::none;
    });
    if (!lacks) continue;
    facts.protections.push_back(
        {user.object.dn, ad::find_protection(session, facts.domain, user.sid, deadline)});
  }
}

ldap::Result<Facts> gather_state(ldap::Session& session, const Settings& settings,
                                 Deadline deadline) {
  auto domain = ad::read_domain(session, deadline);
  if (!domain) return tl::unexpected(std::move(domain.error()));
  Facts facts{session.server(), ad::is_read_only(session), std::move(*domain), {}};
  if (settings.users) {
    auto users = ad::sample_users(session, facts.domain, *settings.users, deadline);
    if (!users) return tl::unexpected(std::move(users.error()));
    facts.users = std::move(*users);
    if (judge_users(facts, settings).reason->verdict == Verdict::present) {
      read_containers(session, facts, deadline);
      read_protections(session, settings, facts, deadline);
    }
    return facts;
  }
  const auto dn = ad::complete_dn(settings.object, facts.domain);
  auto object = ad::read_secured_object(session, dn, deadline);
  if (!object) return tl::unexpected(std::move(object.error()));
  facts.object = std::move(*object);
  if (facts.object.state != ad::SecuredObject::State::readable) return facts;
  auto object_class = ad::read_object_class(session, facts.object.object_class, deadline);
  if (!object_class) return tl::unexpected(std::move(object_class.error()));
  facts.object_class = std::move(*object_class);
  if (inherits_a_denial(facts.object)) {
    auto ancestors = read_ancestors(session, facts.object, facts.domain, deadline);
    if (!ancestors) return tl::unexpected(std::move(ancestors.error()));
    facts.ancestors = std::move(*ancestors);
  }
  return facts;
}

// All but what repairs it.
Outcome findings(const Facts& facts, const Settings& settings) {
  auto outcome = facts.users ? judge_users(facts, settings) : judge_object(facts, settings);
  if (facts.history) {
    std::ranges::move(history_evidence(*facts.history), std::back_inserter(outcome.evidence));
  }
  outcome.evidence.push_back({std::nullopt, "asked", facts.server});
  // A read-only copy shows a fault as well as any other, but SYSTEM does not write to it.
  if (facts.read_only && outcome.reason->verdict == Verdict::clear) {
    outcome.reason = &reason("asked_read_only_dc");
    outcome.summary = fmt::format(
        "{} is a read-only domain controller, on which nothing is written: set `uri` to a writable "
        "one",
        facts.server);
  }
  return outcome;
}

}  // namespace

ldap::Result<Facts> gather(ldap::Session& session, const Settings& settings, Deadline deadline) {
  auto facts = gather_state(session, settings, deadline);
  if (!facts || findings(*facts, settings).reason->verdict != Verdict::present) return facts;
  if (const auto objects = decisive_objects(*facts, settings); !objects.empty()) {
    facts->history = read_history(session, objects, facts->domain, deadline);
  }
  return facts;
}

Outcome judge(const Facts& facts, const Settings& settings) {
  auto outcome = findings(facts, settings);
  if (facts.read_only) return outcome;
  const auto judge_again = [&](const Facts& edited) { return findings(edited, settings); };
  outcome.repair = facts.users ? user_plan(facts, settings, judge_again)
                               : repair_plan(facts, settings, judge_again);
  if (facts.history) {
    outcome.who_queries =
        who_queries(*facts.history, decisive_objects(facts, settings), facts.server);
  }
  return outcome;
}

ProbeKind kind() {
  return {"directory_permissions",
          "Can the licensing data in the directory be read and written, and is its owner right?",
          reasons,
          families,
          make,
          Cause::directory_not_writable};
}

}  // namespace cal::directory_permissions
