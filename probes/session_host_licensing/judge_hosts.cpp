// Which hosts there are, by their exports and the roster, and what each of them shows.
#include "agent/base/text.h"
#include "probes/host_verdict/hygiene.h"
#include "probes/host_verdict/reasons.h"
#include "probes/session_host_licensing/phrases.h"
#include "probes/session_host_licensing/session_host_licensing.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace cal::session_host_licensing {

namespace {

class HostList {
 public:
  HostList(const Facts& facts, const Settings& settings)
      : facts_(facts), settings_(settings), servers_(facts.exports.servers) {
    for (const auto& each : facts.exports.servers) stocks_.try_emplace(&each, each, facts.now);
    for (const auto& [key, host] : facts.memory) {
      const auto [known, added] =
          seen_before_.try_emplace(farm::short_name(key.substr(0, key.find(' '))), host.seen);
      if (!added) known->second.reset();
    }
    for (const auto& name : settings.retired) retired_.insert(farm::short_name(name));
    for (const auto& each : settings.roster) {
      roster_[farm::short_name(each.name)] = each.may_be_off;
    }
  }

  std::vector<HostVerdict> judge() {
    for (const auto& host : facts_.exports.hosts) {
      if (!retired_.contains(farm::short_name(host.name))) add(host);
    }
    add_faults();
    for (const auto& each : settings_.roster) {
      const auto name = farm::short_name(each.name);
      if (seen_.contains(name) || each.may_be_off || retired_.contains(name)) continue;
      add_silent(name, reason("export_missing"), "no export" + last_seen(name));
    }
    mark_drift();
    return std::move(verdicts_);
  }

 private:
  void add(const farm::SessionHost& host) {
    const auto name = farm::short_name(host.name);
    seen_.insert(name);
    for (const auto& server : host.specified_servers.value_or(std::vector<std::string>{})) {
      listed_.insert(farm::short_name(server));
    }
    const auto age = std::chrono::duration_cast<Milliseconds>(facts_.now - host.data_at);
    if (age > settings_.max_age || age < -max_clock_difference) {
      const auto known = roster_.find(name);
      if (known != roster_.end() && known->second) return;
      add_silent(
          host.name, reason("export_stale"),
          age < Milliseconds(0)
              ? fmt::format("an export from the future ({}): check its clock",
                            short_time_text(host.data_at, facts_.now))
              : fmt::format("no export since {}", short_time_text(host.data_at, facts_.now)));
      verdicts_.back().data_at = host.data_at;
      verdicts_.back().dns_name = dns_name_of(host);
      return;
    }
    const Surroundings around{facts_.now, settings_.max_age, settings_.failure_window,
                              servers_,   stocks_,           facts_.memory};
    judged_.emplace_back(&host, verdicts_.size());
    verdicts_.push_back(judge_host(host, around));
  }

  // A file is named after the computer that writes it, which may be a license server.
  void add_faults() {
    for (const auto& [computer, fault] : facts_.exports.faults) {
      if (computer.empty()) continue;
      const auto name = farm::short_name(computer);
      if (seen_.contains(name) || listed_.contains(name) || retired_.contains(name)) continue;
      seen_.insert(name);
      add_silent(computer, reason("export_unreadable"),
                 fmt::format("an export that cannot be used: {}", fault.message));
    }
  }

  // Of a host whose export was there; empty: it is not known, or of which host of this name.
  std::string last_seen(const std::string& name) const {
    const auto known = seen_before_.find(name);
    if (known == seen_before_.end() || !known->second) return {};
    return fmt::format(", last seen at {}", short_time_text(*known->second, facts_.now));
  }

  void add_silent(const std::string& name, const Reason& why, std::string text) {
    verdicts_.push_back({name, &why, why.severity, text});
    verdicts_.back().stages.push_back(std::move(text));
  }

  // Of the hosts of a collection, those that differ from most of it. A host without a mode or a
  // list has that fault, and does not make the others differ; one with another fault keeps that.
  void mark_drift() {
    struct Alike {
      std::size_t hosts = 0;
      const farm::SessionHost* first = nullptr;
    };
    std::map<std::string, std::map<std::string, Alike>> collections;
    for (const auto& [host, index] : judged_) {
      if (host->collection.empty() || !has_settings(*host)) continue;
      auto& alike = collections[host->collection][settings_key(*host)];
      ++alike.hosts;
      if (!alike.first) alike.first = host;
    }
    std::map<std::string, const farm::SessionHost*> usual;
    for (const auto& [collection, settings] : collections) {
      if (settings.size() == 1) continue;
      usual[collection] = std::ranges::max_element(settings, {}, [](auto& each) {
                            return each.second.hosts;
                          })->second.first;
    }
    for (const auto& [host, index] : judged_) {
      auto& verdict = verdicts_[index];
      const auto most = usual.find(host->collection);
      if (most == usual.end() || verdict.reason != &reason("licensed")) continue;
      if (settings_key(*host) == settings_key(*most->second)) continue;
      const auto drift = collection_drift(*host, *most->second);
      verdict.reason = &reason("configuration_drift");
      verdict.severity = verdict.reason->severity;
      verdict.text = drift.text;
      verdict.step = drift.step;
      verdict.stages.back() = verdict.text;
    }
  }

  const Facts& facts_;
  const Settings& settings_;
  farm::ServerNames servers_;
  std::unordered_map<const farm::LicenseServer*, Stock> stocks_;
  std::set<std::string> retired_;
  std::map<std::string, bool> roster_;  // whether it may be off
  std::set<std::string> seen_;
  std::map<std::string, std::optional<SystemTime>> seen_before_;  // empty: two hosts of that name
  std::set<std::string> listed_;
  std::vector<std::pair<const farm::SessionHost*, std::size_t>> judged_;  // and its verdict
  std::vector<HostVerdict> verdicts_;
};

}  // namespace

std::vector<HostVerdict> judge_hosts(const Facts& facts, const Settings& settings) {
  return HostList(facts, settings).judge();
}

}  // namespace cal::session_host_licensing
