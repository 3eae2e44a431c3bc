#include "probes/farm/memory.h"

#include "agent/base/text.h"
#include "probes/farm/contact.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace cal::farm {

namespace {

using Json = nlohmann::json;

std::int64_t seconds_of(SystemTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

SystemTime time_of(std::int64_t seconds) { return SystemTime(std::chrono::seconds(seconds)); }

std::optional<std::int64_t> number(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<std::int64_t>();
}

std::optional<SystemTime> time(const Json& object, const char* key) {
  const auto seconds = number(object, key);
  return seconds ? std::optional(time_of(*seconds)) : std::nullopt;
}

void remember_outages(HostMemory& memory, const SessionHost& host) {
  std::map<std::string, Outage> outages;
  for (const auto& contact : host.contacts.value_or(std::vector<Contact>{})) {
    if (reach_of(contact, host.collected) != Reach::failed) continue;
    const auto before = memory.outages.find(contact.server);
    outages[contact.server] = before == memory.outages.end()
                                  ? Outage{host.data_at}
                                  : Outage{before->second.since, before->second.exports + 1};
  }
  memory.outages = std::move(outages);
}

void remember_days(HostMemory& memory, const SessionHost& host) {
  const bool reinstalled = memory.os_installed_at && host.os_installed_at &&
                           *memory.os_installed_at != *host.os_installed_at;
  if (reinstalled) memory.reset_at.reset();
  if (!reinstalled && host.days_left && memory.days_left && *host.days_left > *memory.days_left) {
    memory.reset_at = host.data_at;
  }
  if (host.days_left) memory.days_left = host.days_left;
  if (host.os_installed_at) memory.os_installed_at = host.os_installed_at;
}

// The names come from the exports, so that their number is not limited otherwise.
void forget_oldest(Memory& memory) {
  if (memory.size() <= max_remembered) return;
  std::vector<Memory::iterator> hosts;
  for (auto each = memory.begin(); each != memory.end(); ++each) hosts.push_back(each);
  std::ranges::stable_sort(hosts, {}, [](const auto& each) { return each->second.seen; });
  hosts.resize(hosts.size() - max_remembered);
  for (const auto& each : hosts) memory.erase(each);
}

Json json_of(const Licensed& licensed) {
  Json facts = Json::array();
  for (const auto& [what, server, value] : licensed.facts) facts.push_back({what, server, value});
  return {{"at", seconds_of(licensed.at)},
          {"licensing_type", licensed.licensing_type},
          {"servers", licensed.servers},
          {"facts", std::move(facts)}};
}

bool is_list_of_texts(const Json& list) {
  return list.is_array() &&
         std::ranges::all_of(list, [](const Json& each) { return each.is_string(); });
}

// Empty if it is not one.
std::optional<Licensed> licensed_of(const Json& object) {
  if (!object.is_object()) return std::nullopt;
  const auto at = time(object, "at");
  const auto type = number(object, "licensing_type");
  const auto servers = object.find("servers");
  const auto facts = object.find("facts");
  if (!at || !type || servers == object.end() || !is_list_of_texts(*servers) ||
      facts == object.end() || !facts->is_array()) {
    return std::nullopt;
  }
  Licensed licensed{*at, *type, servers->get<std::vector<std::string>>()};
  for (const auto& fact : *facts) {
    if (!is_list_of_texts(fact) || fact.size() != 3) return std::nullopt;
    licensed.facts.push_back({fact[0], fact[1], fact[2]});
  }
  return licensed;
}

Json json_of(const HostMemory& host) {
  Json outages = Json::object();
  for (const auto& [server, outage] : host.outages) {
    outages[server] = {{"since", seconds_of(outage.since)}, {"exports", outage.exports}};
  }
  Json object{{"seen", seconds_of(host.seen)}, {"outages", std::move(outages)}};
  if (host.days_left) object["days_left"] = *host.days_left;
  if (host.os_installed_at) object["os_installed_at"] = seconds_of(*host.os_installed_at);
  if (host.reset_at) object["reset_at"] = seconds_of(*host.reset_at);
  if (host.licensed) object["licensed"] = json_of(*host.licensed);
  return object;
}

}  // namespace

std::string key_of(const SessionHost& host) {
  return host.domain ? fmt::format("{} {}", folded(host.name), folded(*host.domain))
                     : folded(host.name);
}

Memory remember(Memory memory, const std::vector<SessionHost>& hosts, SystemTime now,
                Milliseconds keep) {
  for (const auto& host : hosts) {
    const auto [found, added] = memory.try_emplace(key_of(host), HostMemory{SystemTime{}});
    auto& known = found->second;
    // Whole seconds, as they are saved.
    const auto data_at = std::chrono::floor<std::chrono::seconds>(host.data_at);
    if (!added && data_at <= known.seen) continue;  // the export is the one that was seen
    auto newer = host;
    newer.data_at = data_at;
    if (newer.os_installed_at) {
      newer.os_installed_at = std::chrono::floor<std::chrono::seconds>(*newer.os_installed_at);
    }
    remember_outages(known, newer);
    remember_days(known, newer);
    known.seen = data_at;
  }
  std::erase_if(memory, [&](const auto& each) { return each.second.seen < now - keep; });
  forget_oldest(memory);
  return memory;
}

std::string saved(const Memory& memory) {
  Json hosts = Json::object();
  for (const auto& [name, host] : memory) hosts[name] = json_of(host);
  return Json{{"hosts", std::move(hosts)}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<Memory> parse_memory(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("hosts") || !json["hosts"].is_object()) {
    return std::nullopt;
  }
  Memory memory;
  for (const auto& [name, each] : json["hosts"].items()) {
    const auto seen = each.is_object() ? time(each, "seen") : std::nullopt;
    if (!seen || memory.size() == max_remembered) return std::nullopt;
    auto& host = memory.emplace(name, HostMemory{*seen}).first->second;
    host.days_left = number(each, "days_left");
    host.os_installed_at = time(each, "os_installed_at");
    host.reset_at = time(each, "reset_at");
    if (const auto licensed = each.find("licensed"); licensed != each.end()) {
      host.licensed = licensed_of(*licensed);
      if (!host.licensed) return std::nullopt;
    }
    const auto outages = each.find("outages");
    if (outages == each.end() || !outages->is_object()) continue;
    for (const auto& [server, outage] : outages->items()) {
      if (!outage.is_object()) return std::nullopt;
      const auto since = time(outage, "since");
      const auto exports = number(outage, "exports");
      if (!since || !exports) return std::nullopt;
      host.outages[server] = {*since, *exports};
    }
  }
  return memory;
}

}  // namespace cal::farm
