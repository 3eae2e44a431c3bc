// Every row of the decision table: reason, severity and the sentence. The runbook of the probe has
// the same table, and each case is compared with it.
#include "agent/base/text.h"
#include "tests/catch.h"
#include "tests/fakes/source_tree.h"
#include "tests/probes/session_host_licensing/sample_farm.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <sstream>

using namespace cal;
using namespace cal::session_host_licensing;
using namespace std::chrono_literals;
using farm::LicenseKind;

namespace {

using Break = std::function<void(SampleFarm&)>;

struct Case {
  std::string what;
  Break broken;
  std::string_view reason;
  Verdict verdict;
  Severity severity;
  std::string sentence;
};

std::string text_of(const char* file) {
  std::ifstream stream(fakes::source_tree() / file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// The cells of the table in the runbook: row, facts, reason, severity, and a part of the sentence.
std::vector<std::array<std::string, 5>> documented_rows() {
  static const auto text = text_of("probes/session_host_licensing/README.md");
  std::vector<std::array<std::string, 5>> rows;
  std::istringstream lines(text.substr(text.find("| row | facts |")));
  for (std::string line; std::getline(lines, line) && line.starts_with("|");) {
    if (line.size() < 3 || line[2] < '0' || line[2] > '9') continue;
    std::istringstream cells(line.substr(1));
    auto& row = rows.emplace_back();
    for (auto& each : row) {
      std::getline(cells, each, '|');
      each = trimmed(each);
    }
  }
  return rows;
}

// "4b" of "row 4b, with more".
std::string number_of(const Case& row) {
  return row.what.substr(4, row.what.find_first_of(",:") - 4);
}

bool is_documented(const Case& row) {
  const auto* const severity = row.verdict == Verdict::clear        ? "shown only"
                               : row.severity == Severity::critical ? "critical"
                                                                    : "warning";
  return std::ranges::any_of(documented_rows(), [&](const auto& cells) {
    return cells[0] == number_of(row) && cells[2] == fmt::format("`{}`", row.reason) &&
           cells[3].find(severity) != std::string::npos &&
           row.sentence.find(cells[4]) != std::string::npos;
  });
}

void check(const Case& row) {
  SampleFarm farm;
  row.broken(farm);
  const auto outcome = farm.judged();
  INFO(row.what);
  CHECK(outcome.reason->word == row.reason);
  CHECK(outcome.reason->verdict == row.verdict);
  CHECK(severity_of(outcome) == row.severity);
  CHECK(outcome.summary == row.sentence);
  if (row.verdict != Verdict::unknown) CHECK(is_documented(row));
}

constexpr auto critical = Severity::critical;
constexpr auto warning = Severity::warning;
constexpr auto present = Verdict::present;
constexpr auto clear = Verdict::clear;

const std::string refuses = "Session host RDSH1 refuses users (data from 07:55 UTC). ";
const std::string attention = "Session host RDSH1 needs attention (data from 07:55 UTC). ";
const std::string given =
    "Session host RDSH1 gives users a license (data from 07:55 UTC). Users are not refused.";
const std::string not_checked =
    "Session host RDSH1 could not be checked (data from 07:55 UTC). It is not known whether users "
    "are refused on RDSH1. ";
const std::string admin = " Administrators still get in with mstsc /admin.";
const std::string mode_policy =
    " Set the policy \"Set the Remote Desktop licensing mode\" on RDSH1.";
const std::string server_policy =
    " Set the policy \"Use the specified Remote Desktop license servers\" on RDSH1: LS1 and LS2, "
    "activated according to their exports.";
const std::string until = "Nobody is refused yet; users are refused from 2026-12-05 on. ";
const std::string not_enforced = "Users are not refused: per-user licenses are not enforced. ";

void per_device(SampleFarm& farm) { farm.host().licensing_type = 2; }

void in_grace(SampleFarm& farm) { farm.host().days_left = 9; }

farm::IssuedLicenses device_licenses(std::int64_t status, std::optional<SystemTime> week) {
  return {LicenseKind::device, 7, status, week, 3};
}

}  // namespace

TEST_CASE("each row of the runbook's table has a case", "[session_host_licensing]") {
  const auto cases = text_of("tests/probes/session_host_licensing/session_host_licensing_test.cpp");
  const auto not_seen = text_of("tests/probes/session_host_licensing/not_seen_test.cpp");
  const auto rows = documented_rows();
  CHECK(rows.size() == 25);
  for (const auto& row : rows) {
    INFO(row[0]);
    if (row[0] == "15" || row[0] == "16") {
      CHECK_THAT(not_seen, Catch::Contains("rows 15 and 16"));
    } else {
      CHECK_THAT(cases, Catch::Contains(fmt::format("\"row {}\"", row[0])) ||
                            Catch::Contains(fmt::format("\"row {},", row[0])) ||
                            Catch::Contains(fmt::format("\"row {}:", row[0])));
    }
  }
}

TEST_CASE("rows 1 to 3: mode and list", "[session_host_licensing]") {
  check({"row 1", [](auto& farm) { farm.host().licensing_type = 5; }, "mode_not_set_expired",
         present, critical,
         refuses + "The licensing mode is not set, and the grace period is over." + mode_policy +
             admin});
  check({"row 2",
         [](auto& farm) {
           farm.host().licensing_type = 5;
           in_grace(farm);
         },
         "mode_not_set", present, warning,
         attention + until + "The licensing mode is not set." + mode_policy});
  check({"row 3, past grace", [](auto& farm) { farm.host().specified_servers->clear(); },
         "no_license_server", present, critical,
         refuses + "No license server is specified, and the grace period is over." + server_policy +
             admin});
  check({"row 3, in grace",
         [](auto& farm) {
           farm.host().specified_servers->clear();
           in_grace(farm);
         },
         "no_license_server", present, warning,
         attention + until + "No license server is specified." + server_policy});
}

TEST_CASE("row 4: no server is reached, or only one", "[session_host_licensing]") {
  const std::string other_serves = "Users are not refused: another license server serves them. ";
  const std::string start = " Start the service Remote Desktop Licensing on LS1 and LS2.";
  check({"row 4, past grace",
         [](auto& farm) {
           farm.lose(0);
           farm.lose(1);
         },
         "license_server_unreachable", present, critical,
         refuses + "LS1 and LS2 are unreachable since 02:10 UTC; no other server is listed." +
             start + admin});
  check({"row 4, in grace",
         [](auto& farm) {
           in_grace(farm);
           farm.lose(0);
           farm.lose(1);
         },
         "license_server_unreachable", present, warning,
         attention + until +
             "LS1 and LS2 are unreachable since 02:10 UTC; no other server is listed." + start});
  check({"row 4, once: it may be a restart",
         [](auto& farm) {
           farm.lose(0, 1);
           farm.lose(1, 1);
         },
         "status_unknown", Verdict::unknown, warning,
         not_checked + "RDSH1: each of LS1, LS2 was not reached once (status 6 (not connectable)); "
                       "the next export decides."});
  check({"row 4b", [](auto& farm) { farm.lose(0); }, "license_server_degraded", present, warning,
         attention + other_serves +
             "LS1 does not serve the hosts; another listed server does. See whether the service "
             "Remote Desktop Licensing runs on LS1, and whether the hosts reach it by name and on "
             "TCP 135."});
  check({"row 4c, one of two", [](auto& farm) { farm.server(0).activation_status = 1; },
         "license_server_not_activated", present, warning,
         attention + other_serves +
             "LS1 is not activated and issues no permanent licenses. In RD Licensing Manager, "
             "right-click LS1, Activate Server."});
  check({"row 4c, all of them",
         [](auto& farm) {
           per_device(farm);
           both_servers(farm, [](auto& server) {
             server.activation_status = 1;
             server.issued = {device_licenses(1, day(2026, 12, 14))};
           });
         },
         "license_server_not_activated", present, warning,
         attention + "Nobody is refused yet; the first devices may be refused from 2026-12-14 on. "
                     "LS1 and LS2 are not activated and issue no permanent licenses. In RD "
                     "Licensing Manager, right-click LS1 and LS2 in turn, Activate Server."});
}

TEST_CASE("a date in the past is not given for what is to come", "[session_host_licensing]") {
  // Licenses of this week expire on a day from today to Sunday.
  for (const auto week : {day(2026, 11, 16), day(2026, 11, 23), day(2026, 11, 30)}) {
    SampleFarm farm;
    per_device(farm);
    both_servers(farm, [&](auto& server) {
      server.key_packs = {{pack(LicenseKind::device, 7, 50, 50)}, 4};
      server.issued = {device_licenses(1, week), device_licenses(1, day(2026, 12, 7))};
    });
    const auto first = week == day(2026, 11, 16)   ? "2026-12-07"
                       : week == day(2026, 11, 23) ? "2026-11-26"
                                                   : "2026-11-30";
    const auto outcome = farm.judged();
    CHECK_THAT(outcome.summary,
               Catch::Contains(fmt::format("the first devices may be refused from {} on.", first)));
    for (const auto& sample : outcome.samples) {
      if (sample.family->name == "cal_session_host_refusing_from_timestamp_seconds") {
        CHECK(sample.value >= unix_seconds(now));
      }
    }
  }
}

TEST_CASE("row 5: workgroups", "[session_host_licensing]") {
  check({"row 5", [](auto& farm) { farm.host().domain = ""; }, "per_user_in_workgroup", present,
         warning,
         attention + "Users are not refused; whether they are disconnected after 60 minutes, as by "
                     "Windows Server 2019, is not known. Hosts in a workgroup ask for per-user "
                     "licenses, which need a domain. Set the licensing mode of RDSH1 to per "
                     "device, and install per-device licenses."});
  check({"row 5b",
         [](auto& farm) {
           per_device(farm);
           farm.host().domain = "";
           both_statuses(farm, 6);
         },
         "workgroup_auth_refused", present, critical,
         refuses +
             "LS1 and LS2 refuse hosts in a workgroup that do not authenticate, since their update "
             "for CVE-2024-38099. Store a credential of LS1 and LS2 for NETWORK SERVICE on RDSH1, "
             "with cmdkey." +
             admin});
}

TEST_CASE("row 6: versions and kinds", "[session_host_licensing]") {
  const std::string older =
      "LS1 and LS2 have an older version of Windows than the hosts and cannot issue licenses for "
      "them; no other server is listed. Specify a license server of Windows Server 2022 or newer "
      "for RDSH1.";
  check({"row 6, by the status", [](auto& farm) { both_statuses(farm, 4); },
         "license_server_too_old", present, critical, refuses + older + admin});
  check({"row 6, by the builds",
         [](auto& farm) { both_servers(farm, [](auto& server) { server.os_build = 17763; }); },
         "license_server_too_old", present, critical, refuses + older + admin});
  check({"row 6b, per user: nobody is refused",
         [](auto& farm) {
           both_servers(farm, [](auto& server) {
             server.key_packs = {{pack(LicenseKind::user, 6, 100, 62)}};
           });
         },
         "no_fitting_cals", present, warning,
         attention + not_enforced +
             "LS1 and LS2 have no licenses of the hosts' kind for their version of Windows. "
             "Install per-user licenses of version 2022 or newer on one of LS1 and LS2, or divided "
             "among them, in RD Licensing Manager."});
  check({"row 6b, per device",
         [](auto& farm) {
           per_device(farm);
           both_servers(farm, [](auto& server) {
             server.key_packs.emplace();
             server.issued = {device_licenses(1, day(2027, 1, 4))};
           });
         },
         "no_fitting_cals", present, warning,
         attention + "Nobody is refused yet; the first devices may be refused from 2027-01-04 on. "
                     "LS1 and LS2 have no licenses of the hosts' kind for their version of "
                     "Windows. Install per-device licenses of version 2022 or newer on one of "
                     "LS1 and LS2, or divided among them, in RD Licensing Manager."});
  check({"row 6c",
         [](auto& farm) {
           both_servers(farm, [](auto& server) {
             server.key_packs = {{pack(LicenseKind::device, 7, 100, 62)}};
           });
         },
         "wrong_cal_kind", present, warning,
         attention + not_enforced +
             "LS1 and LS2 have only licenses of the kind that the hosts do not ask for. "
             "Install per-user licenses of version 2022 or newer on one of LS1 and LS2, or divided "
             "among them, or change the licensing mode of RDSH1."});
}

TEST_CASE("row 7: licenses that are used up or end", "[session_host_licensing]") {
  const auto exhaust = [](SampleFarm& farm) {
    per_device(farm);
    both_servers(farm, [](auto& server) {
      server.key_packs = {{pack(LicenseKind::device, 7, 50, 50)}, 4};
      server.issued = {device_licenses(2, day(2026, 12, 7)), device_licenses(1, day(2026, 12, 21))};
    });
  };
  const std::string all_issued = "All per-device licenses on LS1 and LS2 are issued. ";
  const std::string more =
      "Decide whether the hosts are to stay per device; then install at least 4 per-device "
      "licenses "
      "of version 2022 or newer on one of LS1 and LS2, or divided among them; or revoke those of "
      "retired devices (up to 20 % of those installed).";
  check({"row 7", exhaust, "device_cals_exhausted", present, warning,
         attention +
             "Nobody is refused yet; the first devices may be refused from 2026-12-21 on. " +
             all_issued + more});
  check({"row 7, event 1011: refused now",
         [&](auto& farm) {
           exhaust(farm);
           farm.host().events = {{1011, now - 3h}};
         },
         "device_cals_exhausted", present, critical, refuses + all_issued + more + admin});
  check(
      {"row 7b: never refused",
       [](auto& farm) {
         both_servers(
             farm, [](auto& server) { server.key_packs = {{pack(LicenseKind::user, 7, 50, 62)}}; });
       },
       "user_cals_over_issued", clear, warning,
       given + " More per-user licenses are issued on LS1 than installed: LS1 has 50 per user "
               "licenses of version 2022 or newer, 62 of them issued: 12 too many. Buy at least 12 "
               "per-user licenses of version 2022 or newer, and install them on LS1."});
  const auto end = [](std::optional<SystemTime> at) {
    return [at](SampleFarm& farm) {
      both_servers(farm, [at](auto& server) {
        server.key_packs->packs.front().ends = inventory::TimeRange{*at, *at};
      });
    };
  };
  check({"row 7c, soon", end(day(2026, 12, 20)), "pack_expiring", present, warning,
         attention + "Users are not refused; licenses that they need expire on 2026-12-20. "
                     "Licenses on LS1 that the hosts need are about to expire. Renew these "
                     "licenses, and install the new ones on LS1."});
  check(
      {"row 7c, over", end(day(2026, 11, 20)), "pack_expired", present, warning,
       attention + not_enforced +
           "The licenses on LS1 and LS2 that the hosts need have expired. Renew the "
           "agreement of these licenses, and install at least 62 per-user licenses of version 2022 "
           "or newer on one of LS1 and LS2, or divided among them, in RD Licensing Manager."});
}

TEST_CASE("rows 8 to 14: what does not refuse everybody", "[session_host_licensing]") {
  check({"row 8, 4105 of the server",
         [](auto& farm) {
           farm.server().events = {{4105, now - 2h}};
         },
         "cals_not_recorded", clear, warning,
         given + " Licenses of users cannot be recorded in the directory. On LS1, event 4105 names "
                 "the users: see whether SELF may write licenses on them (probe "
                 "directory_permissions). For hosts up to Windows Server 2016, LS1 has to be in "
                 "Terminal Server License Servers (probe administrators_membership)."});
  check({"row 8, 50213 of the host",
         [](auto& farm) {
           farm.host().events = {{farm::event_id(50213), now - 2h}};
         },
         "cals_not_recorded", clear, warning,
         given + " Licenses of users cannot be recorded in the directory. On LS1, event 4105 names "
                 "the users: see whether SELF may write licenses on them (probe "
                 "directory_permissions). For hosts up to Windows Server 2016, LS1 has to be in "
                 "Terminal Server License Servers (probe administrators_membership)."});
  check({"row 9, by the status", [](auto& farm) { both_statuses(farm, 5); }, "host_not_authorized",
         present, critical,
         refuses +
             "LS1 and LS2 serve only members of Terminal Server Computers; no other server is "
             "listed. Add RDSH1 to the group Terminal Server Computers on LS1 and LS2." +
             admin});
  check({"row 9, by the server's answer",
         [](auto& farm) {
           both_servers(farm, [](auto& server) {
             server.security_group_policy = true;
             server.hosts = {{"RDSH1", false}};
           });
         },
         "host_not_authorized", present, critical,
         refuses +
             "LS1 and LS2 serve only members of Terminal Server Computers; no other server is "
             "listed. Add RDSH1 to the group Terminal Server Computers on LS1 and LS2." +
             admin});
  check({"row 10", [](auto& farm) { farm.host().certificate_present = false; }, "not_registered",
         present, warning,
         attention + "Users are not refused, but for the first one after each start, once. No "
                     "license server has registered the hosts yet. Log on once to RDSH1 as an "
                     "ordinary user of the domain, not with mstsc /admin."});
  check({"row 11",
         [](auto& farm) {
           farm.host().events = {{farm::event_id(50285), now - 2h}};
         },
         "host_certificate_bad", present, critical,
         refuses +
             "The certificate that a host has from its license server is damaged (event 50285). "
             "Drain RDSH1, save and remove its certificate values below "
             "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\RCM, restart it, and log "
             "on as an ordinary user before the next host." +
             admin});
  check({"row 12, policy and broker",
         [](auto& farm) {
           farm.host().policy = farm::LicensingSettings{4, {{"LS1", "LS2"}}};
           farm.host().broker = farm::LicensingSettings{2, {{"LS2", "LS1"}}};
         },
         "configuration_drift", clear, warning,
         given + " On RDSH1, policy (per user) and broker (per device) differ; the policy wins. "
                 "Set the broker to per user (Server Manager, deployment properties, RD "
                 "Licensing), or remove the policy if the broker's setting is meant."});
  check({"row 13",
         [](auto& farm) {
           farm.host().events = {{1003, now - 2h, 7, 1}};
         },
         "client_store_damaged", present, warning,
         attention +
             "Users are not refused, but for those of one client. One client is refused: its "
             "stored license is invalid (event 1003). On that client, back up and delete the "
             "registry key HKLM\\SOFTWARE\\Microsoft\\MSLicensing, and start the Remote "
             "Desktop client once as administrator. Event 1003 on RDSH1 names the client."});
  check({"row 14",
         [](auto& farm) {
           farm.host().days_left = 120;
           farm.memory[farm::key_of(farm.host())] = {data_at, {}, 120, {}, data_at - 24h};
         },
         "grace_reset", clear, warning,
         given + " A grace period began again without a new installation. Find out who deleted the "
                 "key GracePeriod, and why: until the days end, users get in even if no license "
                 "server gives them a license."});
}
