// A farm in which everything is right: tests break one thing in it.
#pragma once

#include "probes/session_host_licensing/session_host_licensing.h"

#include <fmt/format.h>

#include <functional>

namespace cal::session_host_licensing {

using std::chrono::hours;
using std::chrono::minutes;

inline const SystemTime now{std::chrono::sys_days{std::chrono::year(2026) / 11 / 26} + hours(8)};
inline const SystemTime data_at = now - minutes(5);

inline std::optional<SystemTime> day(int year, unsigned month, unsigned number) {
  return SystemTime(std::chrono::sys_days{std::chrono::year(year) / static_cast<int>(month) /
                                          static_cast<int>(number)});
}

// Per user, Windows Server 2022, past its grace period, reaches LS1 and LS2 as SYSTEM does.
inline farm::SessionHost sample_host(const std::string& name) {
  farm::SessionHost host{name, data_at};
  host.domain = "contoso.test";
  host.os_build = 20348;
  host.terminal_server_mode = 1;
  host.allow_connections = 1;
  host.logons = 0;
  host.drain_mode = 0;
  host.licensing_type = 4;
  host.specified_servers = {"ls1.contoso.test", "LS2"};
  host.registered_servers = {"ls1.contoso.test"};
  host.days_left = 0;
  host.certificate_present = true;
  host.contacts = {{"ls1.contoso.test", 8, true}, {"LS2", 8, true}};
  host.events.emplace();
  host.script = "Export-SessionHost.ps1 1";
  host.file = "/srv/exports/" + name + ".json";
  return host;
}

inline farm::KeyPack pack(farm::LicenseKind kind, std::int64_t version, std::int64_t total,
                          std::int64_t issued) {
  return {"3", kind, version, total, issued};
}

// Windows Server 2022 with licenses of both kinds.
inline farm::LicenseServer sample_server(const std::string& name) {
  farm::LicenseServer server{name, data_at};
  server.dns_name = name + ".contoso.test";
  server.domain = "contoso.test";
  server.os_build = 20348;
  server.role_installed = true;
  server.activation_status = 0;
  server.in_license_servers_group = true;
  server.security_group_policy = false;
  server.key_packs = {
      {pack(farm::LicenseKind::user, 7, 100, 62), pack(farm::LicenseKind::device, 7, 50, 20)}};
  server.events.emplace();
  server.script = "Export-LicenseServer.ps1 1";
  server.file = "/srv/exports/" + name + ".json";
  return server;
}

struct SampleFarm {
  std::vector<farm::SessionHost> hosts;
  std::vector<farm::LicenseServer> servers{sample_server("LS1"), sample_server("LS2")};
  std::vector<farm::ExportFault> faults = {};
  farm::Memory memory = {};
  Settings settings = {"exports"};

  explicit SampleFarm(std::size_t count = 1) {
    for (std::size_t i = 1; i <= count; ++i) hosts.push_back(sample_host(fmt::format("RDSH{}", i)));
  }

  farm::SessionHost& host() { return hosts.front(); }
  farm::LicenseServer& server(std::size_t i = 0) { return servers.at(i); }

  // The server was not reached in the last exports of these hosts.
  void lose(std::size_t server, std::int64_t exports = 2, std::size_t first = 0,
            std::size_t last = 1) {
    for (auto i = first; i < last; ++i) {
      auto& contact = hosts.at(i).contacts->at(server);
      contact.status = 6;
      contact.port_135 = false;
      memory[farm::key_of(hosts.at(i))].seen = data_at;
      memory[farm::key_of(hosts.at(i))].outages[contact.server] = {now - hours(5) - minutes(50),
                                                                   exports};
    }
  }

  Outcome judged() const {
    return judge(
        {now,
         {.hosts = hosts, .servers = servers, .faults = faults, .read_from = "/srv/exports"},
         memory,
         "mon1"},
        settings);
  }
};

inline void both_servers(SampleFarm& farm,
                         const std::function<void(farm::LicenseServer&)>& change) {
  for (auto& server : farm.servers) change(server);
}

inline void both_statuses(SampleFarm& farm, std::int64_t status) {
  for (auto& contact : *farm.host().contacts) contact.status = status;
}

}  // namespace cal::session_host_licensing
