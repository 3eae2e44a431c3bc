#include "probes/session_host_licensing/changes.h"

#include "agent/base/text.h"
#include "probes/farm/contact.h"
#include "probes/farm/server_names.h"
#include "probes/farm/versions.h"
#include "probes/host_verdict/reasons.h"
#include "probes/session_host_licensing/phrases.h"
#include "probes/session_host_licensing/plan_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace cal::session_host_licensing {

namespace {

using farm::Fact;
using farm::LicenseServer;
using farm::SessionHost;
using Names = std::vector<std::string>;

// They bound what is remembered.
constexpr std::size_t max_servers_of_host = 4;
constexpr std::size_t max_value = 300;  // octets
constexpr std::size_t max_changes = 6;  // in a sentence

constexpr std::string_view answer = "answer";
constexpr std::string_view activation_changed = "activation";

// A host that gets licenses usually has it, see the README.
constexpr std::string_view about_status_8 =
    " Status 8 means that the server answers, but gives details only to its administrators; it "
    "issues licenses all the same.";

bool is_status_8(std::string_view value) { return value.starts_with("status 8 "); }

// Of packs that ended, as their license server says now, on a day on which hosts still got
// licenses.
constexpr std::string_view about_other_ends =
    " A pack that ended before that time had a later end then: it was replaced, or its date was "
    "changed.";

// The packs that were there and are not, by the text of packs_text().
Names gone_packs(const Change& change) {
  constexpr std::string_view pack = "pack ";
  if (change.was.ends_with(" more") || change.is.ends_with(" more")) return {};
  Names gone;
  for (auto at = change.was.find(pack); at != std::string::npos;
       at = change.was.find(pack, at + pack.size())) {
    const auto end = change.was.find(':', at);
    if (end == std::string::npos) break;
    auto name = change.was.substr(at, end - at);
    const bool is_there = change.is.find(name + ":") != std::string::npos;
    if (!is_there && std::ranges::find(gone, name) == gone.end()) gone.push_back(std::move(name));
  }
  return gone;
}

bool has_end_before(const Change& change, std::string_view day) {
  constexpr std::string_view ended = "ended on ";
  constexpr std::size_t length = 10;  // of a day
  for (auto at = change.is.find(ended); at != std::string::npos;
       at = change.is.find(ended, at + ended.size())) {
    const auto text = change.is.substr(at, ended.size() + length);
    const bool is_new = change.was.find(text) == std::string::npos;
    if (is_new && std::string_view(text).substr(ended.size()) < day) return true;
  }
  return false;
}

class FactList {
 public:
  void add(std::string_view what, std::string_view server, std::string value) {
    if (value.size() > max_value) return;
    facts_.push_back({std::string(what), std::string(server), std::move(value)});
  }

  std::vector<Fact> facts() && { return std::move(facts_); }

 private:
  std::vector<Fact> facts_;
};

std::string windows_text(std::optional<std::int64_t> build) {
  const auto version = farm::version_of_build(build);
  return version ? farm::version_name(*version) : fmt::format("build {}", build.value_or(0));
}

void add_server(const LicenseServer& server, SystemTime now, FactList& list) {
  const auto name = farm::short_name(server.name);
  if (server.os_build) list.add(windows_changed, name, windows_text(server.os_build));
  if (server.activation_status == 0) list.add(activation_changed, name, "activated");
  if (server.activation_status == 1) list.add(activation_changed, name, "not activated");
  if (server.security_group_policy) {
    list.add(group_policy_changed, name, *server.security_group_policy ? "on" : "off");
  }
  if (server.key_packs && server.key_packs->not_understood.empty()) {
    list.add(packs_changed, name, packs_text(server, now, Issued::left_out));
  }
}

std::vector<Fact> facts_of(const SessionHost& host, const farm::ServerNames& servers,
                           SystemTime now) {
  FactList list;
  if (host.licensing_type) list.add(mode_changed, "", farm::mode_text(*host.licensing_type));
  if (host.domain)
    list.add(domain_changed, "", host.domain->empty() ? std::string(a_workgroup) : *host.domain);
  if (host.os_build) list.add(windows_changed, "", windows_text(host.os_build));
  Names names;
  for (const auto& listed : host.specified_servers.value_or(Names{})) {
    names.push_back(farm::short_name(listed));
  }
  if (host.specified_servers) {
    list.add(list_changed, "", names.empty() ? "none" : in_sentence(names));
  }
  for (const auto& contact : host.contacts.value_or(std::vector<farm::Contact>{})) {
    list.add(answer, farm::short_name(contact.server), farm::status_text(contact));
  }
  std::size_t count = 0;
  for (const auto& listed : host.specified_servers.value_or(Names{})) {
    if (++count > max_servers_of_host) break;
    if (const auto* const server = servers.find(listed, host.domain)) {
      add_server(*server, now, list);
    }
  }
  return std::move(list).facts();
}

// Of the servers that the host listed then, as they are now.
std::vector<Fact> facts_now(const SessionHost& host, const farm::Licensed& before,
                            const farm::ServerNames& servers, SystemTime now) {
  auto with_servers = host;
  auto list = facts_of(host, servers, now);
  with_servers.specified_servers = before.servers;
  for (auto& fact : facts_of(with_servers, servers, now)) {
    const auto known = std::ranges::find_if(list, [&](const Fact& each) {
      return each.what == fact.what && each.server == fact.server;
    });
    if (known == list.end()) list.push_back(std::move(fact));
  }
  return list;
}

void add_change(const Fact& was, const Fact& is, const std::string& host,
                std::vector<Change>& changes) {
  if (was.value == is.value) return;
  const bool of_servers = !is.server.empty();
  auto same = std::ranges::find_if(changes, [&](const Change& each) {
    return each.what == is.what && each.was == was.value && each.is == is.value &&
           each.of_servers == of_servers;
  });
  if (same == changes.end()) {
    same = changes.insert(same, {is.what, of_servers, {}, was.value, is.value});
  }
  const auto& name = of_servers ? is.server : host;
  const bool is_new = !of_servers || std::ranges::find(same->names, name) == same->names.end();
  if (is_new) same->names.push_back(name);
}

}  // namespace

bool Changes::has(std::string_view what) const {
  return std::ranges::find(changes, what, &Change::what) != changes.end();
}

const Change* Changes::common(std::string_view what) const {
  const auto found = std::ranges::find(changes, what, &Change::what);
  const bool is_common = found != changes.end() && is_of_all && found->names.size() == hosts.size();
  return is_common ? &*found : nullptr;
}

std::vector<const SessionHost*> exports_of(const Group& group, const Facts& facts) {
  std::vector<const SessionHost*> exports;
  for (const auto* verdict : group.hosts) {
    const auto host = std::ranges::find_if(facts.exports.hosts, [&](const SessionHost& each) {
      return each.name == verdict->host && dns_name_of(each) == verdict->dns_name;
    });
    if (host != facts.exports.hosts.end()) exports.push_back(&*host);
  }
  return exports;
}

void remember_licensed(Facts& facts, const std::vector<HostVerdict>& verdicts) {
  const farm::ServerNames servers(facts.exports.servers);
  for (const auto& host : facts.exports.hosts) {
    const auto known = facts.memory.find(farm::key_of(host));
    const auto verdict = std::ranges::find_if(verdicts, [&](const HostVerdict& each) {
      return each.host == host.name && each.dns_name == dns_name_of(host);
    });
    if (known == facts.memory.end() || verdict == verdicts.end()) continue;
    if (verdict->reason->verdict != Verdict::clear || verdict->servers.empty()) continue;
    if (!host.licensing_type || !host.specified_servers) continue;
    known->second.licensed =
        farm::Licensed{std::chrono::floor<std::chrono::seconds>(host.data_at), *host.licensing_type,
                       *host.specified_servers, facts_of(host, servers, facts.now)};
  }
}

Past::Past(const Facts& facts) : facts_(facts), servers_(facts.exports.servers) {
  std::set<std::string> exported;
  for (const auto& host : facts.exports.hosts) exported.insert(farm::key_of(host));
  for (const auto& [key, memory] : facts.memory) {
    if (!memory.licensed || exported.contains(key)) continue;
    const auto [known, added] = gone_.try_emplace(key.substr(0, key.find(' ')), &*memory.licensed);
    if (!added) known->second = nullptr;
  }
}

// A host that left its domain is remembered under another key: the only one of its name.
const farm::Licensed* Past::licensed(const SessionHost& host) const {
  const auto known = facts_.memory.find(farm::key_of(host));
  if (known != facts_.memory.end() && known->second.licensed) return &*known->second.licensed;
  const auto gone = gone_.find(folded(host.name));
  return gone == gone_.end() ? nullptr : gone->second;
}

Changes Past::changes_of(const std::vector<const SessionHost*>& hosts) const {
  Changes found;
  for (const auto* host : hosts) {
    const auto* const before = licensed(*host);
    if (!before) {
      found.is_of_all = false;
      continue;
    }
    found.hosts.push_back(host->name);
    if (!found.before) found.before = before;
    found.licensed_at = std::max(found.licensed_at.value_or(before->at), before->at);
    for (const auto& fact : facts_now(*host, *before, servers_, facts_.now)) {
      const auto was = std::ranges::find_if(before->facts, [&](const Fact& each) {
        return each.what == fact.what && each.server == fact.server;
      });
      if (was != before->facts.end()) add_change(*was, fact, host->name, found.changes);
    }
  }
  return found;
}

std::string changes_sentence(const Changes& changes, SystemTime now) {
  if (changes.changes.empty()) return {};
  const auto last_day = day_text(*changes.licensed_at);
  Names texts;
  for (const auto& each : changes.changes) {
    if (texts.size() == max_changes) break;
    const bool is_of_all = !each.of_servers && each.names.size() == changes.hosts.size();
    const auto gone = each.what == packs_changed ? gone_packs(each) : Names{};
    texts.push_back(fmt::format("the {}{} (was: {}; is: {}{})", each.what,
                                is_of_all ? "" : fmt::format(" of {}", in_sentence(each.names)),
                                each.was, each.is,
                                gone.empty() ? "" : "; gone: " + in_sentence(gone)));
  }
  const bool has_other_end = std::ranges::any_of(changes.changes, [&](const Change& each) {
    return each.what == packs_changed && has_end_before(each, last_day);
  });
  const bool has_status_8 = std::ranges::any_of(changes.changes, [](const Change& each) {
    return each.what == answer && (is_status_8(each.was) || is_status_8(each.is));
  });
  return fmt::format(
      "{} got licenses until {}, by the last export that showed it. Changed since then: {}.{}{}",
      in_sentence(changes.hosts), short_time_text(*changes.licensed_at, now),
      list_with_and(texts, changes.changes.size()), has_status_8 ? about_status_8 : "",
      has_other_end ? about_other_ends : "");
}

}  // namespace cal::session_host_licensing
