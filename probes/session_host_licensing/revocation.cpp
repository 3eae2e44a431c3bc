#include "probes/session_host_licensing/revocation.h"

#include "agent/base/text.h"
#include "probes/farm/server_names.h"
#include "probes/farm/versions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

namespace cal::session_host_licensing {

namespace {

using Names = std::vector<std::string>;

// Of the installed licenses of a version, at a time (MicrosoftDocs/win32, TermServ:
// revoke-win32-tsissuedlicense.md).
constexpr std::int64_t one_of = 5;

std::vector<const farm::LicenseServer*> servers_in(const Group& group, const Facts& facts) {
  std::vector<const farm::LicenseServer*> servers;
  for (const auto& each : group.servers) {
    const auto found = std::ranges::find_if(facts.exports.servers, [&](const auto& server) {
      return farm::short_name(server.name) == each.name && server.key_packs;
    });
    if (found != facts.exports.servers.end()) servers.push_back(&*found);
  }
  return servers;
}

// "2 of 10 of version 2022"; empty: none of a version.
std::string most_text(const farm::KeyPacks& packs) {
  std::map<std::int64_t, std::int64_t> installed;  // by version
  for (const auto& pack : packs.packs) {
    if (pack.kind == farm::LicenseKind::device) installed[pack.version] += pack.total;
  }
  Names texts;
  for (const auto& [version, total] : installed) {
    if (total < one_of) continue;
    texts.push_back(
        fmt::format("{} of {} of {}", total / one_of, total, farm::license_version(version)));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

// "2 on each of LS1 and LS2 and 3 on LS3", of texts by server that are not empty.
std::string each_with_server(const std::vector<std::pair<std::string, std::string>>& texts) {
  std::vector<std::pair<std::string, Names>> alike;
  for (const auto& [server, text] : texts) {
    if (text.empty()) continue;
    auto same = std::ranges::find(alike, text, [](const auto& each) { return each.first; });
    if (same == alike.end()) same = alike.insert(same, {text, {}});
    same->second.push_back(server);
  }
  Names parts;
  for (const auto& [text, names] : alike) {
    parts.push_back(
        fmt::format("{} on {}{}", text, names.size() > 1 ? "each of " : "", in_sentence(names)));
  }
  return list_with_and(parts, parts.size());
}

}  // namespace

std::optional<RepairStep> revocation(const Group& group, const Facts& facts) {
  std::vector<std::pair<std::string, std::string>> most;
  for (const auto* server : servers_in(group, facts)) {
    most.emplace_back(farm::short_name(server->name), most_text(*server->key_packs));
  }
  const auto where = each_with_server(most);
  if (where.empty()) return std::nullopt;
  RepairStep step{fmt::format(
      "For the time being, revoke the licenses of devices that are retired, at most 20 % "
      "of the installed per-device licenses of a version: {}.",
      where)};
  step.not_undone =
      "a license that is revoked is not given back to its device, and a device that connects again "
      "takes a new one";
  step.beside = {
      "RD Licensing Manager > the server > the per-device licenses of that version > right-click "
      "the device > Revoke License. Licenses per user cannot be revoked.",
      "Which devices: the exports count licenses without names. The list there has the name of "
      "each "
      "device and when its license expires. A device in use renews its license in the last 7 days "
      "before that, so one that expires within a day or two is of a device that has not connected "
      "for days."};
  return step;
}

std::string temporary_note(const Group& group, const Facts& facts) {
  std::vector<std::pair<std::string, std::string>> issued;
  for (const auto* server : servers_in(group, facts)) {
    const auto count = server->key_packs->temporary_issued.value_or(0);
    issued.emplace_back(farm::short_name(server->name), count > 0 ? std::to_string(count) : "");
  }
  const auto where = each_with_server(issued);
  if (where.empty()) return {};
  return fmt::format(
      "Temporary licenses are issued: {}. Each of these devices needs a license within 90 days.",
      where);
}

}  // namespace cal::session_host_licensing
