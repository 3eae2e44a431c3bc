#include "probes/session_host_licensing/plan_notes.h"

#include "agent/base/text.h"
#include "probes/farm/server_names.h"
#include "probes/farm/versions.h"
#include "probes/host_verdict/reasons.h"
#include "probes/host_verdict/stock.h"
#include "probes/session_host_licensing/demand.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace cal::session_host_licensing {

namespace {

using farm::LicenseServer;
using Names = std::vector<std::string>;

constexpr std::size_t max_packs = 6;  // in a text

// Its export, by the short name; null: there is none.
const LicenseServer* export_of(const FaultyServer& server, const Facts& facts) {
  const auto found = std::ranges::find_if(facts.exports.servers, [&](const LicenseServer& each) {
    return farm::short_name(each.name) == server.name;
  });
  return found == facts.exports.servers.end() ? nullptr : &*found;
}

std::string version_text(std::optional<std::int64_t> build) {
  if (!build) return "not known";
  const auto version = farm::version_of_build(build);
  return version
             ? fmt::format("{} (build {})", farm::version_name(*version), *build)
             : fmt::format("build {}, which is not one of a Windows Server that we know", *build);
}

std::string end_text(const farm::KeyPack& pack, SystemTime now) {
  if (!pack.ends) return "";
  const auto& ends = *pack.ends;
  const auto day = day_text(ends.earliest);
  if (ends.latest <= now) return fmt::format(", ended on {}", day);
  return fmt::format(", {} on {}", pack.total == 1 ? "ends" : "end", day);
}

bool is_about_packs(const Reason& why) {
  return &why == &reason("device_cals_exhausted") || &why == &reason("pack_expired") ||
         &why == &reason("pack_expiring") || &why == &reason("no_fitting_cals") ||
         &why == &reason("wrong_cal_kind") || &why == &reason("user_cals_over_issued") ||
         &why == &reason("license_server_too_old");
}

bool is_about_versions(const Reason& why) {
  return &why == &reason("license_server_too_old") ||
         &why == &reason("license_server_incompatible") || &why == &reason("no_fitting_cals");
}

// Empty: none of them was read.
std::string packs_note(const Group& group, const Facts& facts) {
  Parts parts;
  for (const auto& server : group.servers) {
    const auto* const data = export_of(server, facts);
    if (data && data->key_packs) {
      parts.add(server.name, packs_text(*data, facts.now, Issued::shown));
    }
  }
  return parts.empty() ? ""
                       : fmt::format("License packs now, by KeyPackId. {}.", parts.text_of_each());
}

std::string versions_note(const Group& group, const Facts& facts) {
  Parts hosts;
  for (const auto* verdict : group.hosts) hosts.add(verdict->host, version_text(verdict->os_build));
  if (group.model) hosts.add(group.model->host, version_text(group.model->os_build));
  Parts servers;
  for (const auto& server : group.servers) {
    const auto* const data = export_of(server, facts);
    servers.add(server.name, version_text(data ? data->os_build : std::nullopt));
  }
  return fmt::format(
      "Versions of Windows by the exports. {}; {}. On a computer, `(Get-CimInstance "
      "Win32_OperatingSystem).Caption` shows it. A license server serves session hosts of its "
      "version and older, and so does a license.",
      hosts.text(), servers.text());
}

// What the license servers say of the group and the policy.
std::string authorization_note(const Group& group, const Facts& facts) {
  Parts parts;
  bool contradicts = false;
  for (const auto& server : group.servers) {
    const auto* const data = export_of(server, facts);
    if (!data) {
      parts.add(server.name, "there is none");
      continue;
    }
    const Stock stock(*data, facts.now);
    Names served;
    Names refused;
    for (const auto* host : group.hosts) {
      const auto allowed = stock.serves(farm::short_name(host->host));
      if (allowed) (*allowed ? served : refused).push_back(host->host);
    }
    const auto policy = data->security_group_policy;
    contradicts = contradicts || policy == false || !served.empty();
    parts.add(server.name,
              fmt::format("the policy License server security group is {}{}{}",
                          !policy   ? "not known"
                          : *policy ? "on"
                                    : "off",
                          served.empty() ? "" : fmt::format(", {} let in", in_sentence(served)),
                          refused.empty() ? "" : fmt::format(", {} not", in_sentence(refused))));
  }
  return fmt::format("By the exports of the license servers. {}.{}", parts.text(),
                     contradicts ? " That contradicts what the hosts were answered: run the export "
                                   "on the license server again, and see it there."
                                 : "");
}

// When the event was last logged, and what it means for the kind of license that they ask for.
std::vector<std::string> client_notes(const Group& group, const Facts& facts) {
  constexpr std::int64_t invalid_license = 1003;
  Parts times;
  for (const auto* verdict : group.hosts) {
    const auto host = std::ranges::find_if(facts.exports.hosts, [&](const auto& each) {
      return each.name == verdict->host && dns_name_of(each) == verdict->dns_name;
    });
    if (host == facts.exports.hosts.end()) continue;
    const auto* const seen = farm::newest_event(host->events, {invalid_license}, {});
    if (seen) times.add(verdict->host, time_text(seen->newest_at));
  }
  const bool one = group.hosts.size() == 1;
  const bool per_device = group.hosts.front()->licensing_type == 2;
  const bool all_alike = std::ranges::all_of(group.hosts, [&](const HostVerdict* host) {
    return host->licensing_type == group.hosts.front()->licensing_type;
  });
  Names notes;
  if (!times.empty()) {
    notes.push_back(fmt::format(
        "Event 1003 was last logged at: {}. The exports do not hold the name of the client{}.",
        times.text(), one ? "" : ", nor whether all hosts name the same one"));
  }
  if (all_alike) {
    notes.push_back(fmt::format(
        "{} {} for {}", hosts_of(group), one ? "asks" : "ask",
        per_device
            ? "per-device licenses: the client may then take one more, until its old one expires "
              "(52 to 89 days after it was issued)."
            : "per-user licenses. What a stored license has to do with them is not documented; the "
              "event says that the one of the client is invalid."));
  }
  return notes;
}

}  // namespace

void Parts::add(const std::string& name, std::string text) {
  const auto same = std::ranges::find(parts_, text, &Part::text);
  if (same != parts_.end()) {
    same->names.push_back(name);
  } else {
    parts_.push_back({std::move(text), {name}});
  }
}

std::string Parts::text() const {
  Names texts;
  for (const auto& each : parts_) {
    texts.push_back(fmt::format("{}: {}", in_sentence(each.names), each.text));
  }
  return fmt::format("{}", fmt::join(texts, "; "));
}

std::string Parts::text_of_each() const {
  Names texts;
  for (const auto& each : parts_) {
    const auto* const before = each.names.size() < 2 ? "" : texts.empty() ? "Each of " : "each of ";
    texts.push_back(fmt::format("{}{}: {}", before, in_sentence(each.names), each.text));
  }
  return fmt::format("{}", fmt::join(texts, "; "));
}

std::string packs_text(const LicenseServer& server, SystemTime now, Issued issued) {
  Names texts;
  for (const auto& pack : server.key_packs->packs) {
    if (texts.size() == max_packs) break;
    texts.push_back(
        fmt::format("pack {}: {} {} {} of {}{}{}", pack.id, pack.total,
                    pack.kind == farm::LicenseKind::device ? "per-device" : "per-user",
                    plural(pack.total, "license"), farm::license_version(pack.version),
                    issued == Issued::shown ? fmt::format(", {} issued", pack.issued) : "",
                    end_text(pack, now)));
  }
  return texts.empty() ? "none" : list_with_and(texts, server.key_packs->packs.size());
}

std::vector<std::string> facts_for(const Group& group, const Facts& facts) {
  Names notes;
  if (is_about_versions(*group.reason)) notes.push_back(versions_note(group, facts));
  if (is_about_packs(*group.reason)) notes.push_back(packs_note(group, facts));
  notes.push_back(demand_note(group, facts));
  if (group.reason == &reason("host_not_authorized")) {
    notes.push_back(authorization_note(group, facts));
  }
  if (group.reason == &reason("client_store_damaged")) notes = client_notes(group, facts);
  std::erase(notes, "");
  return notes;
}

Versions versions_of(const Group& group, const Facts& facts) {
  std::int64_t newest = 0;
  bool is_known = true;
  for (const auto* verdict : group.hosts) {
    const auto version = farm::version_of_build(verdict->os_build);
    is_known = is_known && version;
    newest = std::max(newest, version.value_or(0));
  }
  for (const auto& server : group.servers) {
    const auto* const data = export_of(server, facts);
    const auto version = data ? farm::version_of_build(data->os_build) : std::nullopt;
    if (version && *version < newest) return Versions::too_old;
    is_known = is_known && version;
  }
  return is_known ? Versions::fit : Versions::unknown;
}

}  // namespace cal::session_host_licensing
