#include "probes/directory_permissions.h"

#include "agent/options.h"
#include "probes/network_edges.h"
#include "probes/object_permissions.h"
#include "probes/permission_reasons.h"
#include "probes/trustee_options.h"
#include "probes/user_permissions.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal::directory_permissions {

namespace {

using PermissionsProbe = DirectoryProbe<Settings, gather, judge>;

std::unique_ptr<Probe> make(Options& options, const Surroundings& surroundings) {
  Settings settings;
  if (options.has("users")) {
    const auto base = options.text("users");
    settings.users = base == "all" ? "" : base;
    if (options.has("object")) {
      options.mistake("object", "give either 'object' or 'users': a probe asks about one of them");
    }
    if (!options.has("trustees")) {
      options.mistake("users",
                      "say who writes the licences in 'trustees': license_servers (session "
                      "hosts up to 2016), self (from 2019), or both");
    }
  }
  settings.object = options.text_or("object", settings.object);
  if (auto trustees = read_trustees(options); !trustees.empty()) {
    settings.trustees = std::move(trustees);
  }
  const bool asks_system = std::ranges::any_of(settings.trustees, [](const Trustee& trustee) {
    return trustee.name.starts_with("system_");
  });
  if (!asks_system) settings.owner.reset();
  if (options.has("owner")) settings.owner = read_sid(options, "owner", options.text("owner"));
  return std::make_unique<PermissionsProbe>(require_directory(options, surroundings.edges),
                                            std::move(settings));
}

}  // namespace

ldap::Result<Facts> gather(ldap::Session& session, const Settings& settings, Deadline deadline) {
  auto domain = ldap::read_domain(session, deadline);
  if (!domain) return tl::unexpected(std::move(domain.error()));
  Facts facts{session.server(), ldap::is_read_only(session), std::move(*domain), {}};
  if (settings.users) {
    auto users = ldap::sample_users(session, facts.domain, *settings.users, deadline);
    if (!users) return tl::unexpected(std::move(users.error()));
    facts.users = std::move(*users);
    return facts;
  }
  const auto dn = ldap::complete_dn(settings.object, facts.domain);
  auto object = ldap::read_secured_object(session, dn, deadline);
  if (!object) return tl::unexpected(std::move(object.error()));
  facts.object = std::move(*object);
  if (facts.object.state != ldap::SecuredObject::State::readable) return facts;
  auto object_class = ldap::read_object_class(session, facts.object.object_class, deadline);
  if (!object_class) return tl::unexpected(std::move(object_class.error()));
  facts.object_class = std::move(*object_class);
  return facts;
}

Outcome judge(const Facts& facts, const Settings& settings) {
  auto outcome = facts.users ? judge_users(facts, settings) : judge_object(facts, settings);
  outcome.evidence.push_back({std::nullopt, "asked", facts.server});
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
          reasons,
          families,
          make,
          Cause::directory_not_writable};
}

}  // namespace cal::directory_permissions
